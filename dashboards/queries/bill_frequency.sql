-- How many bills end in each band of use, and how much use falls into it?
with bands as (

    select
        band_no,
        band_upper,
        any_value(usage_unit) as usage_unit,
        cast(sum(bill_count) as integer) as bill_count,
        cast(sum(usage_quantity) as decimal(18, 6)) as usage_quantity,
        cast(sum(usage_falling_in_band) as decimal(18, 6)) as falling_quantity
    from marts.rpt_bill_frequency
    where
        utility_id = $utility
        and fiscal_year = $fiscal_year
        and service = $service
        and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    group by band_no, band_upper

)

select
    band_no,
    lag(band_upper) over (order by band_no) as lower_quantity,
    band_upper as upper_quantity,
    usage_unit,
    bill_count,
    cast(sum(bill_count) over (order by band_no) as integer) as cumulative_bill_count,
    usage_quantity,
    cast(sum(usage_quantity) over (order by band_no) as decimal(18, 6)) as cumulative_quantity,
    falling_quantity
from bands
order by band_no
