{# Why a bill's penalty differs from policy, in the columns of fct_penalties and the switches that it is made with. The first that holds. #}
{% macro penalty_difference_reason() -%}
    case
        when difference_usd = 0 then 'none'
        when not has_adjustments then 'not_delivered'
        when not has_cycle and billed_on is null then 'before_data'
        when not has_cycle then 'no_penalty_date'
        when assessed_usd = 0 and waived_event_usd = 0 and (assess_on is null or assess_on > as_of_on) then 'not_yet'
        when is_in_waiver and difference_usd > 0 then 'in_waiver'
        when waived_event_usd > 0 and not is_in_waiver then 'waived_without_event'
        when assessed_usd = 0 and is_on_return then 'late_return'
        when assessed_usd = 0 then 'not_assessed'
        when penalty_count > 1 and difference_usd > 0 then 'second_penalty'
        when exempt_reason is not null then exempt_reason
        when difference_usd > 0 and disputed_usd > 0 then 'disputed_part'
        when difference_usd > 0 and agreed_usd > 0 then 'agreed_part'
        when difference_usd > 0 and pending_usd > 0 then 'received_in_time'
        when base_usd = 0 then 'no_base'
        else 'wrong_base'
    end
{%- endmacro %}


{# The reason in words, as the end of a sentence. #}
{% macro penalty_reason_words(reason) -%}
    case {{ reason }}
        when 'before_data' then 'the account had no penalty date yet'
        when 'no_penalty_date' then 'the bill bears none by its dates, is cancelled, or shares its penalty date with a later bill'
        when 'in_waiver' then 'an event waives penalties on that day'
        when 'waived_without_event' then 'no event waives penalties on that day'
        when 'late_return' then 'a payment came back after the penalty date and none was posted then'
        when 'not_assessed' then 'none was posted'
        when 'second_penalty' then 'the bill has more than one'
        when 'class' then 'the class bears none'
        when 'agreement' then 'a kept agreement puts all off'
        when 'autopay_outage' then 'the draft could not be run'
        when 'disputed_part' then 'part of the balance is disputed'
        when 'agreed_part' then 'an agreement puts part of the balance off'
        when 'received_in_time' then 'money received in time was posted later'
        when 'no_base' then 'nothing was left to bear one at the end of the penalty date'
        else 'it is another amount than on the balance of the penalty date'
    end
{%- endmacro %}
