with uses as (

    select * from {{ ref('int_finance__asked_uses') }}

),

bills as (

    select * from {{ ref('int_finance__home_bills') }}

),

lists as (

    select * from {{ ref('int_finance__price_lists') }}

),

final as (

    select
        uses.utility_id,
        uses.service,
        uses.tariff_class,
        uses.use_kind,
        uses.percentile,
        uses.meter_size,
        uses.usage_quantity,
        uses.usage_unit,
        uses.usage_year,
        lists.price_list,
        lists.rates_kind,
        lists.scenario,
        lists.fiscal_year,
        lists.effective_from_on,
        lists.is_now,
        lists.before_list,
        bills.annual_usd,
        bills.annual_revenue_usd,
        bills.annual_pilot_usd,
        bills.annual_assistance_usd,
        bills.is_assumed
    from uses
    inner join bills
        on
            uses.utility_id = bills.utility_id
            and uses.service = bills.service
            and uses.tariff_class = bills.tariff_class
            and uses.meter_size = bills.meter_size
            and uses.usage_quantity = bills.usage_quantity
    inner join lists
        on
            bills.utility_id = lists.utility_id
            and bills.service = lists.service
            and bills.price_list = lists.price_list

)

select * from final
