{{ config(materialized='view') }}

with parts as (

    select * from {{ ref('int_billing__part_units') }}

),

lines as (

    select * from {{ ref('int_billing__determinant_lines') }}

),

units as (

    select * from {{ ref('int_billing__determinants') }}

),

final as (

    select
        parts.utility_id,
        parts.bill_id,
        parts.service,
        parts.days_before,
        lines.line_no,
        parts.unit_id,
        units.effective_from_on,
        units.tariff_class,
        lines.component,
        lines.component_kind,
        lines.block_no,
        lines.lower_bound,
        lines.upper_bound,
        lines.quantity,
        lines.unit,
        lines.unit_rate_usd,
        lines.amount_usd,
        lines.basis,
        lines.is_revenue,
        lines.is_assumed
    from parts
    inner join units
        on parts.unit_id = units.unit_id
    inner join lines
        on parts.unit_id = lines.unit_id

)

select * from final
