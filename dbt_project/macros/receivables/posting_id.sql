{# A posting's name: its source and the id there. It is made when it is asked for: stored, it would be the widest column of the largest
   table. `relation` has source_entity, source_id, service and debit_class. #}
{% macro posting_id(relation) -%}
    case {{ relation }}.source_entity
        when 'bills' then 'bill:' || {{ relation }}.source_id || ':' || {{ relation }}.service
        when 'payments' then 'payment:' || {{ relation }}.source_id
        when 'adjustments' then 'adjustment:' || {{ relation }}.source_id
        else 'return:' || {{ relation }}.source_id || case when {{ relation }}.debit_class is null then '' else ':excess' end
    end
{%- endmacro %}


{# The queue's order but for the posting id, in one whole number: due date (what has none yet stands last), posting day, rank of the kind, rank of
   the service. One number sorts faster than four columns. Days count from the beginning of time, which needs seven
   digits to the year 9999; ranks have two. #}
{% macro queue_key(due_on, posted_on, kind_rank, service_rank) -%}
    coalesce({{ days_between(beginning_of_time(), due_on) }}, 9999999) * 100000000000
    + {{ days_between(beginning_of_time(), posted_on) }} * 10000
    + least({{ kind_rank }}, 99) * 100
    + least({{ service_rank }}, 99)
{%- endmacro %}


{# Where a debit stands while its due date is not known: behind all whose due date is, by posting day, then in the order given. Kept beside queue_no,
   because the due date that it will have must not move it before it is known. #}
{% macro waiting_place(posted_on, order_no) -%}
    1000000000000000 + cast({{ days_between(beginning_of_time(), posted_on) }} as bigint) * 100000000 + {{ order_no }}
{%- endmacro %}
