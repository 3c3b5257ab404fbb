with reads as (

    select * from {{ ref('int_billing__reads') }}
    where account_id is not null

),

bills as (

    select distinct
        utility_id,
        account_id,
        service_to_on
    from {{ ref('int_billing__bill_contexts') }}
    where bill_kind != 'cancel'

),

-- A bill between two reads was made from one that is not here, and the next read's own use is less than the register made since: the
-- rest is the missing read's.
missing as (

    select
        reads.utility_id,
        reads.read_id,
        reads.account_id,
        reads.service,
        reads.unit,
        reads.meter_size,
        max(reads.delivered_usage) as own_quantity,
        max(reads.computed_usage - reads.delivered_usage) as missing_quantity,
        max(bills.service_to_on) as period_end_on
    from reads
    inner join bills
        on
            reads.utility_id = bills.utility_id
            and reads.account_id = bills.account_id
            and bills.service_to_on > reads.previous_read_on
            and bills.service_to_on < reads.read_on
    where reads.delivered_usage >= 0 and reads.delivered_usage < reads.computed_usage
    group by reads.utility_id, reads.read_id, reads.account_id, reads.service, reads.unit, reads.meter_size
    having count(*) = 1

),

-- What a meter counted until it was changed belongs to the period that the next cycle read closes.
dated as (

    select
        reads.utility_id,
        reads.account_id,
        reads.service,
        reads.unit,
        reads.meter_size,
        reads.read_on,
        reads.is_unknown,
        reads.read_kind,
        reads.read_kind = 'final' and not reads.is_change_read as is_final,
        coalesce(missing.own_quantity, reads.usage_quantity) as usage_quantity,
        coalesce(
            min(case when not reads.is_change_read then reads.read_on end) over (
                partition by reads.utility_id, reads.account_id, reads.service
                order by reads.read_on
                range between current row and unbounded following
            ),
            reads.read_on
        ) as period_end_on
    from reads
    left join missing
        on reads.utility_id = missing.utility_id and reads.read_id = missing.read_id
    union all
    select
        utility_id,
        account_id,
        service,
        unit,
        meter_size,
        period_end_on as read_on,
        false as is_unknown,
        'actual' as read_kind,
        false as is_final,
        missing_quantity as usage_quantity,
        period_end_on
    from missing

),

by_unit as (

    select
        utility_id,
        account_id,
        service,
        period_end_on,
        unit,
        sum(usage_quantity) as usage_quantity,
        {{ latest_size('meter_size', 'read_on') }} as meter_size,
        max(case when is_unknown then 1 else 0 end) as is_unknown,
        max(case when read_kind = 'estimated' then 1 else 0 end) as is_estimated,
        max(case when is_final then 1 else 0 end) as is_final
    from dated
    group by utility_id, account_id, service, period_end_on, unit

),

-- Where nothing is known of a read's use the period is no measurement. Meters of one account that count in several units are added in ccf, the unit of the tariffs' water.
final as (

    select
        by_unit.utility_id,
        by_unit.account_id,
        by_unit.service,
        by_unit.period_end_on,
        case when count(*) = 1 then max(by_unit.unit) else 'ccf' end as unit,
        cast(
            case
                when count(*) = 1 then sum(by_unit.usage_quantity)
                else sum({{ converted('by_unit.usage_quantity', 'by_unit.unit', "'ccf'", 'rules') }})
            end as decimal(18, 6)
        ) as usage_quantity,
        {{ largest_size('by_unit.meter_size') }} as meter_size,
        max(by_unit.is_estimated) = 1 as is_estimated,
        max(by_unit.is_final) = 1 as is_final
    from by_unit
    inner join {{ ref('int_billing__rules') }} as rules
        on
            by_unit.utility_id = rules.utility_id
            and by_unit.period_end_on >= rules.from_on
            and by_unit.period_end_on < rules.to_on
    group by by_unit.utility_id, by_unit.account_id, by_unit.service, by_unit.period_end_on
    having max(by_unit.is_unknown) = 0

)

select * from final
