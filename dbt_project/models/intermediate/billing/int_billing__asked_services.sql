with charged as (

    select * from {{ ref('int_billing__charged_services') }}

),

expected as (

    select * from {{ ref('int_billing__expected_services') }}

),

billed as (

    select
        utility_id,
        bill_id,
        service,
        is_estimated,
        has_winter_average,
        volume_quantity,
        volume_unit,
        demand_quantity
    from charged
    where is_service_billed

),

not_billed as (

    select
        expected.utility_id,
        expected.bill_id,
        expected.service,
        charged.is_estimated,
        charged.has_winter_average,
        charged.volume_quantity,
        charged.volume_unit,
        charged.demand_quantity
    from expected
    left join charged
        on
            expected.utility_id = charged.utility_id
            and expected.bill_id = charged.bill_id
            and expected.service = charged.service
    where charged.bill_id is null or not charged.is_service_billed

),

final as (

    select * from billed
    union all
    select * from not_billed

)

select * from final
