with units as (

    select * from {{ ref('int_billing__audit_alternatives') }}

),

components as (

    select * from {{ ref('stg_policy__tariffs') }}

),

different as (

    select * from {{ ref('int_billing__recomputed_services') }}

),

lines as (

    {{ price_units('units', 'components') }}

),

tried as (

    select
        units.utility_id,
        units.bill_id,
        units.service,
        units.alternative,
        units.variant,
        units.season_tried,
        {{ sum_money('lines.amount_usd') }} as tried_usd
    from units
    inner join lines
        on units.unit_id = lines.unit_id
    group by units.utility_id, units.bill_id, units.service, units.alternative, units.variant, units.season_tried

),

-- Where several changes would do it, the first of this order names the reason.
ranked as (

    select
        tried.utility_id,
        tried.bill_id,
        tried.service,
        tried.alternative,
        tried.variant,
        row_number() over (
            partition by tried.utility_id, tried.bill_id, tried.service
            order by
                case tried.alternative
                    when 'quantity' then 1
                    when 'version' then 2
                    when 'months' then 3
                    when 'class' then 4
                    else 5
                end,
                tried.variant
        ) as place
    from tried
    inner join different
        on
            tried.utility_id = different.utility_id
            and tried.bill_id = different.bill_id
            and tried.service = different.service
    where tried.tried_usd = different.billed_usd

),

final as (

    select
        utility_id,
        bill_id,
        service,
        alternative,
        variant
    from ranked
    where place = 1

)

select * from final
