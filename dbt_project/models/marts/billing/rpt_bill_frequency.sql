with determinants as (

    select * from {{ ref('fct_billing_determinants') }}
    where usage_unit is not null

),

bands as (

    select * from {{ ref('int_billing__usage_bands') }}

),

-- Parts of a split bill are counted by their own months, the bill with its first part.
priced as (

    select
        utility_id,
        fiscal_year,
        service,
        customer_class,
        usage_unit,
        months,
        bill_count,
        unit_count,
        case when basis = 'winter_average' then average_quantity else usage_quantity end as quantity
    from determinants

),

bounded as (

    select
        priced.*,
        bands.band_no,
        bands.band_upper,
        cast({{ times('bands.band_lower', 'priced.months') }} as decimal(18, 6)) as lower_quantity,
        cast({{ times('bands.band_upper', 'priced.months') }} as decimal(18, 6)) as upper_quantity
    from priced
    inner join bands
        on priced.usage_unit = bands.unit

),

banded as (

    select
        utility_id,
        fiscal_year,
        service,
        customer_class,
        usage_unit,
        band_no,
        max(band_upper) as band_upper,
        cast(sum(
            case
                when (lower_quantity is null or quantity > lower_quantity) and (upper_quantity is null or quantity <= upper_quantity)
                    then bill_count
                else 0
            end
        ) as integer) as bill_count,
        cast(sum(
            case
                when (lower_quantity is null or quantity > lower_quantity) and (upper_quantity is null or quantity <= upper_quantity)
                    then {{ times('quantity', 'unit_count') }}
                else 0
            end
        ) as decimal(18, 6)) as usage_quantity,
        cast(sum(
            cast(
                case
                    when lower_quantity is null then least(quantity, upper_quantity)
                    else greatest(least(quantity, coalesce(upper_quantity, quantity)) - greatest(lower_quantity, 0), 0)
                end as decimal(28, 6)
            ) * unit_count
        ) as decimal(18, 6)) as usage_falling_in_band
    from bounded
    group by utility_id, fiscal_year, service, customer_class, usage_unit, band_no

),

final as (

    select
        utility_id,
        fiscal_year,
        service,
        customer_class,
        band_no,
        band_upper,
        usage_unit,
        bill_count,
        cast(sum(bill_count) over running as integer) as cumulative_bill_count,
        usage_quantity,
        cast(sum(usage_quantity) over running as decimal(18, 6)) as cumulative_usage,
        usage_falling_in_band
    from banded
    window running as (
        partition by utility_id, fiscal_year, service, customer_class order by band_no
        rows between unbounded preceding and current row
    )

)

select * from final
