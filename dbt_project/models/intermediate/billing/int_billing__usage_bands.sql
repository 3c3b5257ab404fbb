with units as (

    select distinct unit
    from {{ ref('int_billing__service_units') }}

),

-- Bounds as rate studies print them, in steps of the unit: by one up to twenty, then wider.
numbered as (

    select
        unit,
        {{ explode_range('0', '29') }} as band_no
    from units

),

stepped as (

    select
        unit,
        band_no,
        case unit when 'kwh' then 100 when 'cf' then 100 when 'gal' then 1000 else 1 end as step,
        case
            when band_no <= 20 then band_no
            {% for steps in [25, 30, 40, 50, 75, 100, 200, 500] -%}
                when band_no = {{ loop.index + 20 }} then {{ steps }}
            {% endfor -%}
        end as steps
    from numbered

),

final as (

    select
        unit,
        band_no,
        cast(lag(steps * step) over (partition by unit order by band_no) as decimal(18, 6)) as band_lower,
        cast(steps * step as decimal(18, 6)) as band_upper
    from stepped

)

select * from final
