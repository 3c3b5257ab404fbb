with services as (

    select * from {{ ref('int_billing__classed_services') }}

),

contexts as (

    select * from {{ ref('int_billing__bill_contexts') }}

),

charged as (

    select * from {{ ref('int_billing__charged_services') }}

),

parts as (

    select * from {{ ref('int_billing__part_units') }}

),

totals as (

    select * from {{ ref('int_billing__determinant_totals') }}

),

recomputed as (

    select
        parts.utility_id,
        parts.bill_id,
        parts.service,
        {{ sum_money('totals.amount_usd') }} as recomputed_usd,
        {{ sum_money('totals.base_usd') }} as recomputed_base_usd,
        max(case when totals.has_lines then 1 else 0 end) = 1 as has_lines,
        cast(sum(totals.line_count) as integer) as line_count,
        max(case when totals.has_tax then 1 else 0 end) = 1 as is_taxed,
        max(case when totals.is_assumed then 1 else 0 end) = 1 as is_assumed,
        max(case when totals.is_by_average then 1 else 0 end) = 1 as is_by_average
    from parts
    inner join totals
        on parts.unit_id = totals.unit_id
    group by parts.utility_id, parts.bill_id, parts.service

),

final as (

    select
        services.*,
        contexts.cancelled_on,
        contexts.fiscal_year,
        charged.bill_id is not null as is_charged,
        coalesce(charged.has_base, false) as has_base,
        coalesce(charged.has_tax, false) as has_tax,
        greatest(coalesce(charged.line_count, 0), coalesce(recomputed.line_count, 0)) as line_count,
        coalesce(recomputed.has_lines, false) as has_lines,
        coalesce(recomputed.is_taxed, false) as is_taxed,
        coalesce(recomputed.is_assumed, false) as is_assumed,
        coalesce(recomputed.is_by_average, false) as is_by_average,
        {{ as_money('coalesce(charged.billed_usd, 0)') }} as billed_usd,
        {{ as_money('coalesce(charged.outside_tariff_usd, 0)') }} as outside_tariff_usd,
        {{ as_money('coalesce(charged.tax_usd, 0)') }} as tax_usd,
        {{ as_money('coalesce(recomputed.recomputed_usd, 0)') }} as recomputed_usd,
        {{ as_money('coalesce(recomputed.recomputed_base_usd, 0)') }} as recomputed_base_usd
    from services
    inner join contexts
        on services.utility_id = contexts.utility_id and services.bill_id = contexts.bill_id
    left join charged
        on
            services.utility_id = charged.utility_id
            and services.bill_id = charged.bill_id
            and services.service = charged.service
    left join recomputed
        on
            services.utility_id = recomputed.utility_id
            and services.bill_id = recomputed.bill_id
            and services.service = recomputed.service

)

select * from final
