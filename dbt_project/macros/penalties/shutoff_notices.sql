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
