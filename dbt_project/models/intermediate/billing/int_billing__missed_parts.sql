with findings as (

    select * from {{ ref('int_billing__never_billed') }}
    where asked_class is not null

),

read_periods as (

    select * from {{ ref('int_billing__read_periods') }}

),

service_units as (

    select * from {{ ref('int_billing__service_units') }}

),

rules as (

    select * from {{ ref('int_billing__rules') }}

),

sewer_meters as (

    select distinct
        utility_id,
        account_id
    from read_periods
    where service = 'sewer'

),

-- Reads of the stretch; sewer is measured by its own meter where there is one, else by the water that comes in.
measured as (

    select
        findings.utility_id,
        findings.finding,
        findings.subject_id,
        findings.service,
        findings.from_on as span_from_on,
        coalesce(
            lag(read_periods.period_end_on) over (
                partition by findings.utility_id, findings.subject_id, findings.service, findings.from_on order by read_periods.period_end_on
            ),
            findings.from_on
        ) as from_on,
        read_periods.period_end_on as to_on,
        {{ converted('read_periods.usage_quantity', 'read_periods.unit', 'service_units.unit', 'rules') }} as usage_quantity,
        true as is_read
    from findings
    left join sewer_meters
        on findings.utility_id = sewer_meters.utility_id and findings.account_id = sewer_meters.account_id
    inner join read_periods
        on
            findings.utility_id = read_periods.utility_id
            and findings.account_id = read_periods.account_id
            and read_periods.service
            = case when findings.service = 'sewer' and sewer_meters.account_id is null then 'water' else findings.service end
            and read_periods.period_end_on > findings.from_on
            and read_periods.period_end_on <= findings.to_on
    inner join service_units
        on findings.utility_id = service_units.utility_id and findings.service = service_units.service
    inner join rules
        on
            findings.utility_id = rules.utility_id
            and read_periods.period_end_on >= rules.from_on
            and read_periods.period_end_on < rules.to_on
    where findings.finding = 'active_without_bill'

),

reached as (

    select
        utility_id,
        subject_id,
        service,
        span_from_on,
        max(to_on) as read_through_on
    from measured
    group by utility_id, subject_id, service, span_from_on

),

unread as (

    select
        findings.utility_id,
        findings.finding,
        findings.subject_id,
        findings.service,
        findings.from_on as span_from_on,
        findings.to_on as span_to_on,
        coalesce(reached.read_through_on, findings.from_on) as unread_from_on
    from findings
    left join reached
        on
            findings.utility_id = reached.utility_id
            and findings.subject_id = reached.subject_id
            and findings.service = reached.service
            and findings.from_on = reached.span_from_on

),

-- Days without a read, month by month.
unread_months as (

    select
        *,
        {{ explode_range(month_number(add_days('unread_from_on', '1')), month_number('span_to_on')) }} as month_no
    from unread
    where unread_from_on < span_to_on

),

final as (

    select
        utility_id, finding, subject_id, service, span_from_on, from_on, to_on, usage_quantity, is_read
    from measured
    union all
    select
        utility_id,
        finding,
        subject_id,
        service,
        span_from_on,
        greatest(unread_from_on, {{ month_end_of('month_no - 1') }}) as from_on,
        least(span_to_on, {{ month_end_of('month_no') }}) as to_on,
        cast(0 as decimal(18, 6)) as usage_quantity,
        false as is_read
    from unread_months

)

select * from final
