with service_spans as (

    select
        *,
        account_key as span_key
    from {{ ref('int_billing__service_spans') }}

),

bills as (

    select
        account_key as span_key,
        billed_on,
        cancelled_on,
        service_from_on,
        service_to_on,
        has_service_days
    from {{ ref('int_billing__bill_revenue') }}
    where not is_cancel

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

events as (

    select * from {{ ref('int_quality__events_in_force') }}
    where event_kind = 'billing_suspension'

),

-- A bill that names no days of service is taken to cover the months from one bill to the next.
covers as (

    select
        bills.span_key,
        case when bills.has_service_days then bills.service_from_on else {{ add_months('bills.billed_on', '-service_spans.frequency_months') }} end as from_on,
        bills.service_to_on as to_on
    from bills
    inner join service_spans
        on bills.span_key = service_spans.span_key
    inner join utilities
        on service_spans.utility_id = utilities.utility_id
    where bills.billed_on <= utilities.as_of_on and coalesce(bills.cancelled_on > utilities.as_of_on, true)

),

gaps as (

    {{ uncovered_spans('service_spans', 'covers') }}

),

long_gaps as (

    select
        service_spans.account_key,
        service_spans.utility_id,
        service_spans.customer_class,
        service_spans.max_gap_days,
        service_spans.is_open and gaps.to_on = service_spans.to_on as is_ongoing,
        gaps.from_on,
        gaps.to_on
    from gaps
    inner join service_spans
        on gaps.span_key = service_spans.span_key
    where {{ days_between('gaps.from_on', 'gaps.to_on') }} > service_spans.max_gap_days

),

-- Days on which service was shut off or had ended are no days of service.
in_service as (

    select
        long_gaps.account_key,
        long_gaps.utility_id,
        long_gaps.customer_class,
        long_gaps.max_gap_days,
        long_gaps.is_ongoing,
        long_gaps.from_on as gap_from_on,
        min(greatest(long_gaps.from_on, periods.from_on)) as from_on,
        max(least(long_gaps.to_on, periods.to_on)) as to_on,
        cast(sum({{ days_between('greatest(long_gaps.from_on, periods.from_on)', 'least(long_gaps.to_on, periods.to_on)') }}) as integer) as days
    from long_gaps
    inner join periods
        on
            long_gaps.account_key = periods.account_key
            and periods.account_status = 'active'
            and periods.from_on < long_gaps.to_on
            and periods.to_on > long_gaps.from_on
    group by
        long_gaps.account_key, long_gaps.utility_id, long_gaps.customer_class, long_gaps.max_gap_days, long_gaps.is_ongoing, long_gaps.from_on

),

-- Suspended billing explains its own days, and on both sides as many as a bill may be late.
explained as (

    select
        in_service.account_key,
        in_service.from_on,
        max(
            greatest(0, {{ days_between(
                'greatest(in_service.from_on, ' ~ add_days('events.starts_on', '-in_service.max_gap_days') ~ ')',
                'least(in_service.to_on, ' ~ add_days('coalesce(events.ends_on, in_service.to_on)', 'in_service.max_gap_days') ~ ')'
            ) }})
        ) as explained_days
    from in_service
    inner join events
        on
            in_service.utility_id = events.utility_id
            and (events.customer_classes is null or ',' || events.customer_classes || ',' like '%,' || in_service.customer_class || ',%')
    group by in_service.account_key, in_service.from_on

),

final as (

    select
        in_service.utility_id,
        in_service.account_key,
        in_service.from_on,
        in_service.to_on,
        in_service.days,
        in_service.is_ongoing
    from in_service
    left join explained
        on in_service.account_key = explained.account_key and in_service.from_on = explained.from_on
    where in_service.days - coalesce(explained.explained_days, 0) > in_service.max_gap_days

)

select * from final
