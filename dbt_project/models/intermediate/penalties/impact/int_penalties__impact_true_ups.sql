-- Reads estimated in the window of an episode that suspended billing, and the actual read that put them right.
with reads as (

    select * from {{ ref('int_billing__reads') }}

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}
    where bill_kind != 'cancel' and cancelled_on is null

),

events as (

    select * from {{ ref('int_penalties__impact_events') }}
    where event_kind = 'billing_suspension'

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

suspended as (

    select distinct
        episodes.utility_id,
        episodes.episode_id,
        episodes.episode_no,
        episodes.window_from_on,
        episodes.window_to_on
    from {{ ref('int_penalties__impact_episodes') }} as episodes
    inner join events
        on episodes.utility_id = events.utility_id and episodes.episode_id = events.episode_id

),

-- What even use over all the days gives to those of the estimates, less what was estimated.
trued as (

    select
        reads.utility_id,
        reads.read_id,
        reads.account_id,
        reads.service,
        reads.read_on,
        true_ups.span_days,
        {{ listed("'episode:' || suspended.episode_id", 'suspended.episode_no') }} as covered_by,
        max(
            cast(true_ups.span_usage as double) * (true_ups.span_days - reads.days) / true_ups.span_days - cast(true_ups.estimated_usage as double)
        ) as missing_usage
    from {{ ref('int_billing__true_ups') }} as true_ups
    inner join reads
        on true_ups.utility_id = reads.utility_id and true_ups.read_id = reads.read_id
    inner join suspended
        on true_ups.utility_id = suspended.utility_id and reads.previous_read_on between suspended.window_from_on and suspended.window_to_on
    where true_ups.span_days > 0 and true_ups.span_usage >= 0 and true_ups.estimated_usage is not null
    group by reads.utility_id, reads.read_id, reads.account_id, reads.service, reads.read_on, true_ups.span_days

),

spanned as (

    select
        trued.*,
        contexts.bill_id,
        contexts.account_key,
        contexts.customer_class,
        contexts.billing_group,
        contexts.billed_on
    from trued
    inner join contexts
        on
            trued.utility_id = contexts.utility_id
            and trued.account_id = contexts.account_id
            and contexts.service_to_on <= trued.read_on
            and contexts.service_to_on > {{ add_days('trued.read_on', '-trued.span_days') }}

),

usages as (

    select
        spanned.utility_id,
        spanned.read_id,
        spanned.bill_id,
        sum(bill_periods.usage_quantity) as usage_quantity
    from spanned
    inner join {{ ref('int_billing__bill_periods') }} as bill_periods
        on
            spanned.utility_id = bill_periods.utility_id
            and spanned.bill_id = bill_periods.bill_id
            and spanned.service = bill_periods.service
    group by spanned.utility_id, spanned.read_id, spanned.bill_id

),

-- All bills from the first estimate to the actual read, together: their average price a unit.
priced as (

    select
        spanned.utility_id,
        spanned.read_id,
        max(spanned.missing_usage) as missing_usage,
        max(spanned.covered_by) as covered_by,
        max(spanned.account_key) as account_key,
        max(spanned.customer_class) as customer_class,
        max(spanned.billing_group) as billing_group,
        max(spanned.billed_on) as billed_on,
        sum(usages.usage_quantity) as usage_quantity,
        {% set by_service -%}
            case spanned.service{% for service in services() %} when '{{ service }}' then charges.{{ service }}_revenue_usd{% endfor %} end
        {%- endset -%}
        {{ sum_money(by_service) }} as billed_usd
    from spanned
    inner join usages
        on spanned.read_id = usages.read_id and spanned.utility_id = usages.utility_id and spanned.bill_id = usages.bill_id
    inner join {{ ref('int_billing__charge_totals') }} as charges
        on spanned.utility_id = charges.utility_id and spanned.bill_id = charges.bill_id
    group by spanned.utility_id, spanned.read_id

),

final as (

    select
        priced.utility_id,
        priced.read_id,
        priced.account_key,
        priced.customer_class,
        priced.billing_group,
        priced.billed_on,
        priced.covered_by,
        {{ as_money('priced.billed_usd * (priced.missing_usage / cast(priced.usage_quantity as double))') }} as amount_usd
    from priced
    inner join utilities
        on priced.utility_id = utilities.utility_id and priced.billed_on <= utilities.as_of_on
    where priced.usage_quantity > 0

)

select * from final
