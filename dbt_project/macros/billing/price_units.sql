{# The rate engine: what units cost, line by line. The build, the bill audit and every what-if expand this one macro (docs/rates.md).

   units:      one row per pricing unit: a bill's service, or one part of it where its days are split over a change of rates. Columns: unit_id,
               utility_id, service, effective_from_on, tariff_class, meter_size, season_day, months, base_months, usage_quantity, average_quantity,
               demand_quantity, assistance_rate_usd.
   components: price rows with the columns of `stg_policy__tariffs`.

   One row per unit and line. Lines stand in the order in which they build on each other: what is used and fixed, the minimum, the tariff's
   discount, percentages, assistance. Amounts run at twelve decimals and are cut to cents at the end: each line by itself, or (rounding per
   bill) cumulatively, so that the lines add up to the rounded total. #}
{% macro price_units(units, components) %}
    with matched as (

        select
            units.unit_id,
            units.base_months,
            units.demand_quantity,
            units.assistance_rate_usd,
            case when components.basis = 'winter_average' then units.average_quantity else units.usage_quantity end as asked_quantity,
            components.component,
            components.component_kind,
            components.block_no,
            components.unit,
            components.unit_rate_usd,
            components.basis,
            components.is_assumed,
            components.rounding = 'half_up_cents_per_bill' as is_rounded_per_bill,
            {{ of_months('components.lower_bound', 'units.months') }} as lower_bound,
            {{ of_months('components.upper_bound', 'units.months') }} as upper_bound,
            case
                when components.component_kind = 'discount' then {{ of_months('components.cap_quantity', 'units.base_months') }}
                else {{ of_months('components.cap_quantity', 'units.months') }}
            end as cap_quantity
        from {{ units }} as units
        inner join {{ components }} as components
            on
                units.utility_id = components.utility_id
                and units.service = components.service
                and units.effective_from_on = components.effective_from_on
                and units.tariff_class = components.tariff_class
                and (components.meter_size = '' or units.meter_size = components.meter_size)
                and {{ is_in_season('units.season_day', 'components') }}

    ),

    -- The first block takes whatever is below zero: an estimate that is reconciled is credited at its price.
    measured as (

        select
            *,
            case component_kind
                when 'fixed' then base_months
                when 'demand' then demand_quantity
                else
                    case
                        when block_no = 1 then least(asked_quantity, coalesce(cap_quantity, asked_quantity), coalesce(upper_bound, asked_quantity))
                        else greatest(
                            least(asked_quantity, coalesce(cap_quantity, asked_quantity), coalesce(upper_bound, asked_quantity)) - lower_bound, 0
                        )
                    end
            end as quantity
        from matched
        where component_kind in ('fixed', 'demand', 'blocks', 'seasonal_blocks')

    ),

    direct as {{ computed_once() }} (

        select
            unit_id,
            component,
            component_kind,
            block_no,
            lower_bound,
            upper_bound,
            quantity,
            unit,
            unit_rate_usd,
            basis,
            is_assumed,
            is_rounded_per_bill,
            {{ line_amount(times('quantity', 'unit_rate_usd')) }} as line_amount
        from measured
        where quantity != 0 or component_kind = 'fixed'

    ),

    direct_sums as (

        select
            unit_id,
            cast(sum(line_amount) as decimal(28, 12)) as charged
        from direct
        group by unit_id

    ),

    minimums as (

        select
            matched.*,
            coalesce(direct_sums.charged, 0) as charged,
            {{ line_amount(times('matched.base_months', 'matched.unit_rate_usd')) }} - coalesce(direct_sums.charged, 0) as line_amount
        from matched
        left join direct_sums on matched.unit_id = direct_sums.unit_id
        where
            matched.component_kind = 'minimum'
            and {{ line_amount(times('matched.base_months', 'matched.unit_rate_usd')) }} > coalesce(direct_sums.charged, 0)

    ),

    charged_sums as (

        select
            unit_id,
            max(is_rounded_per_bill) as is_per_bill,
            cast(sum(line_amount) as decimal(28, 12)) as charged
        from (
            select unit_id, is_rounded_per_bill, line_amount from direct
            union all
            select unit_id, is_rounded_per_bill, line_amount from minimums
        ) as charges
        group by unit_id

    ),

    discounts as (

        select
            matched.*,
            charged_sums.charged,
            -least(
                case
                    when matched.unit = 'percent' then {{ line_amount('charged_sums.charged * ' ~ of_percent('matched.unit_rate_usd')) }}
                    else {{ line_amount(times('matched.base_months', 'matched.unit_rate_usd')) }}
                end,
                coalesce({{ line_amount('matched.cap_quantity') }}, charged_sums.charged),
                charged_sums.charged
            ) as line_amount
        from matched
        inner join charged_sums on matched.unit_id = charged_sums.unit_id
        where matched.component_kind = 'discount' and charged_sums.charged > 0

    ),

    discount_sums as (

        select
            unit_id,
            sum(line_amount) as line_amount
        from discounts
        group by unit_id

    ),

    net_sums as (

        select
            charged_sums.unit_id,
            charged_sums.is_per_bill,
            cast(charged_sums.charged + coalesce(discount_sums.line_amount, 0) as decimal(28, 12)) as charged
        from charged_sums
        left join discount_sums on charged_sums.unit_id = discount_sums.unit_id

    ),

    -- A percentage is never taken of another.
    percents as (

        select
            matched.*,
            net_sums.charged,
            {{ line_amount('net_sums.charged * ' ~ of_percent('matched.unit_rate_usd')) }} as line_amount
        from matched
        inner join net_sums on matched.unit_id = net_sums.unit_id
        where matched.component_kind = 'percent' and net_sums.charged != 0

    ),

    assistance as (

        select
            units.unit_id,
            net_sums.charged,
            net_sums.is_per_bill as is_rounded_per_bill,
            -least({{ as_cents(times('units.base_months', 'units.assistance_rate_usd')) }}, net_sums.charged) as line_amount
        from {{ units }} as units
        inner join net_sums on units.unit_id = net_sums.unit_id
        where units.assistance_rate_usd > 0 and net_sums.charged > 0

    ),

    lines as (

        select
            unit_id, component, component_kind, block_no, lower_bound, upper_bound, quantity, unit, unit_rate_usd, basis, is_assumed,
            is_rounded_per_bill, line_amount,
            case when component_kind = 'fixed' then 1 else 2 end as stage
        from direct
        union all
        select
            unit_id, component, component_kind, block_no, null, null, line_amount, 'usd', 1, 'flat', is_assumed,
            is_rounded_per_bill, line_amount, 3
        from minimums
        union all
        select
            unit_id, component, component_kind, block_no, null, null, line_amount, 'usd', 1, 'flat', is_assumed,
            is_rounded_per_bill, line_amount, 4
        from discounts
        where line_amount != 0
        union all
        select
            unit_id, component, component_kind, block_no, null, null, charged, 'usd', {{ of_percent('unit_rate_usd') }}, 'flat', is_assumed,
            is_rounded_per_bill, line_amount, 5
        from percents
        union all
        select
            unit_id, 'discount', 'assistance', 0, null, null, line_amount, 'usd', 1, 'flat', false,
            is_rounded_per_bill, line_amount, 6
        from assistance
        where line_amount != 0

    ),

    running as (

        select
            *,
            row_number() over line_order as line_no,
            sum(line_amount) over line_order as charged_through
        from lines
        window line_order as (
            partition by unit_id order by stage, component, block_no, component_kind
            rows between unbounded preceding and current row
        )

    )

    select
        unit_id,
        cast(line_no as integer) as line_no,
        component,
        component_kind,
        block_no,
        cast(lower_bound as decimal(18, 6)) as lower_bound,
        cast(upper_bound as decimal(18, 6)) as upper_bound,
        cast(quantity as decimal(18, 6)) as quantity,
        unit,
        cast(unit_rate_usd as decimal(18, 6)) as unit_rate_usd,
        cast({{ as_money('charged_through') }} - {{ as_money('charged_through - line_amount') }} as decimal(18, 2)) as amount_usd,
        basis,
        component not in ('tax', 'franchise') as is_revenue,
        is_assumed
    from running
{% endmacro %}

{# A month's quantity times the months of a bill (R12), to hundredths; that of one month as it was adopted. #}
{% macro of_months(quantity, months) -%}
    case
        when {{ months }} = 1 then {{ quantity }}
        else cast(cast({{ times(quantity, months) }} as decimal(18, 2)) as decimal(18, 6))
    end
{%- endmacro %}

{# A percentage as a factor. #}
{% macro of_percent(percentage) %}cast({{ percentage }} * 0.01 as decimal(10, 8)){% endmacro %}

{# Dollars at twelve decimals: rounded to the cent where each line is, exact where the bill is. #}
{% macro line_amount(dollars) -%}
    case
        when is_rounded_per_bill then cast({{ dollars }} as decimal(28, 12))
        else {{ as_cents(dollars) }}
    end
{%- endmacro %}

{# Dollars rounded to the cent, kept at the twelve decimals in which amounts are added. #}
{% macro as_cents(dollars) %}cast(cast({{ dollars }} as decimal(28, 2)) as decimal(28, 12)){% endmacro %}

{# Whether the first day of a unit's season segment, `MM-DD`, lies in a price row's season; a season may span the turn of the year. #}
{% macro is_in_season(season_day, components) -%}
    (
        {{ components }}.season = ''
        or case
            when {{ components }}.season_first <= {{ components }}.season_last
                then {{ season_day }} >= {{ components }}.season_first and {{ season_day }} <= {{ components }}.season_last
            else {{ season_day }} >= {{ components }}.season_first or {{ season_day }} <= {{ components }}.season_last
        end
    )
{%- endmacro %}
