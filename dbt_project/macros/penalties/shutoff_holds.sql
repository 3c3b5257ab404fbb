{# The moratoria that concern each candidate, in the versions known on its day: `candidate_moratoria`, and those that stand on the day of the
   shut-off: `standing_moratoria`. One for some services concerns whoever is past due for one of them. #}
{% macro shutoff_moratoria() %}
late_services as (

    select distinct
        account_key,
        at_on,
        service
    from late_items

),

candidate_moratoria as {{ computed_once() }} (

    select distinct
        candidates.account_key,
        candidates.at_on,
        moratoria.event_id,
        moratoria.starts_on,
        moratoria.ends_on
    from candidates
    inner join {{ ref('int_penalties__moratoria') }} as moratoria
        on
            candidates.utility_id = moratoria.utility_id
            and candidates.known_on >= moratoria.known_from_on
            and candidates.known_on < moratoria.known_to_on
            and candidates.judged_on >= moratoria.starts_on
            and (moratoria.customer_classes is null or {{ names_word('moratoria.customer_classes', 'candidates.customer_class') }})
    left join late_services
        on candidates.account_key = late_services.account_key and candidates.at_on = late_services.at_on
    where
        moratoria.services is null
        or late_services.service = 'account'
        or {{ names_word('moratoria.services', 'late_services.service') }}

),

standing_moratoria as (

    select
        candidates.account_key,
        candidates.at_on,
        max(candidate_moratoria.ends_on) as ends_on
    from candidates
    inner join candidate_moratoria
        on candidates.account_key = candidate_moratoria.account_key and candidates.at_on = candidate_moratoria.at_on
    where candidate_moratoria.ends_on >= candidates.judged_on and {{ names_word('candidates.holds', "'moratorium'") }}
    group by candidates.account_key, candidates.at_on

)
{% endmacro %}


{# The delivered holds of each candidate on the day of the shut-off, both days included: `held`. One of a kind that the policy does not name
   does not hold. #}
{% macro shutoff_holds() %}
held as (

    select
        candidates.account_key,
        candidates.at_on,
        {% for kind in ['medical', 'weather', 'bankruptcy', 'other'] -%}
            max(case when holds.hold_kind = '{{ kind }}' then coalesce(holds.ends_on, {{ end_of_time() }}) end) as {{ kind }}_ends_on
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from candidates
    inner join {{ ref('int_penalties__holds') }} as holds
        on
            candidates.utility_id = holds.utility_id
            and candidates.account_id = holds.account_id
            and candidates.judged_on >= holds.starts_on
            and candidates.judged_on <= coalesce(holds.ends_on, {{ end_of_time() }})
            and {{ names_word('candidates.holds', 'holds.hold_kind') }}
    group by candidates.account_key, candidates.at_on

)
{% endmacro %}


{# The first notice of each kind that counts for each candidate: given after its oldest debt was due, and not void: `noticed`. A moratorium voids, where
   policy says so, notices given before it, and those of its days that announce a day within it. #}
{% macro shutoff_notices() %}
given_notices as (

    select
        candidates.account_key,
        candidates.at_on,
        candidates.has_voided_notices,
        orders.order_id,
        orders.order_kind,
        coalesce(orders.recipient, 'occupant') as recipient,
        orders.ordered_on,
        {{ add_days('orders.ordered_on', 'candidates.written_notice_days') }} as ready_on,
        orders.effective_on as announced_on
    from candidates
    inner join {{ ref('int_penalties__notices') }} as orders
        on
            candidates.utility_id = orders.utility_id
            and candidates.account_id = orders.account_id
            and candidates.at_on >= orders.ordered_on
            and candidates.oldest_due_on < orders.ordered_on

),

marked_notices as (

    select
        given_notices.account_key,
        given_notices.at_on,
        given_notices.order_kind,
        given_notices.recipient,
        given_notices.ordered_on,
        given_notices.ready_on,
        given_notices.announced_on,
        max(case when candidate_moratoria.event_id is not null then 1 else 0 end) = 1 as is_void
    from given_notices
    left join candidate_moratoria
        on
            given_notices.has_voided_notices
            and given_notices.account_key = candidate_moratoria.account_key
            and given_notices.at_on = candidate_moratoria.at_on
            and given_notices.ordered_on <= candidate_moratoria.ends_on
            and (
                given_notices.ordered_on < candidate_moratoria.starts_on
                or coalesce(given_notices.announced_on, given_notices.ready_on) <= candidate_moratoria.ends_on
            )
    group by
        given_notices.account_key, given_notices.at_on, given_notices.order_id, given_notices.order_kind, given_notices.recipient,
        given_notices.ordered_on, given_notices.ready_on, given_notices.announced_on

),

noticed as (

    select
        account_key,
        at_on,
        min(case when not is_void and order_kind = 'hang_tag' then ordered_on end) as hang_tag_on,
        min(case when not is_void and order_kind = 'courtesy_call' then ordered_on end) as courtesy_call_on,
        {% for recipient in ['occupant', 'owner'] -%}
            min(
                case when not is_void and order_kind = 'written_notice' and recipient = '{{ recipient }}' then ordered_on end
            ) as written_notice_{{ recipient }}_on,
            min(
                case when not is_void and order_kind = 'written_notice' and recipient = '{{ recipient }}' then ready_on end
            ) as {{ recipient }}_ready_on,
        {% endfor -%}
        min(case when not is_void and recipient = 'occupant' and order_kind != 'courtesy_call' then announced_on end) as announced_on,
        max(case when is_void then ordered_on end) as voided_notice_on
    from marked_notices
    group by account_key, at_on

)
{% endmacro %}
