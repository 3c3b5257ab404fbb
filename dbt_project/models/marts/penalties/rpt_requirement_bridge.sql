with totals as (

    select * from {{ ref('rpt_waiver_totals') }}
    where dimension = 'fiscal_year'

),

ranges as (

    select * from {{ ref('int_penalties__impact_ranges') }}
    where dimension = 'fiscal_year'

),

actual as (

    select * from {{ ref('int_penalties__impact_actual_lines') }}

),

weights as (

    select * from {{ ref('int_penalties__impact_fund_weights') }}

),

-- Money that came late costs interest; bills that came late are in it, and count only where nothing more is known. Revenue is what would have been collected,
-- but for what an event of another episode would have waived all the same.
figures as (

    select
        totals.utility_id,
        totals.episode_id,
        totals.question,
        cast(totals.dimension_value as integer) as fiscal_year,
        case totals.component
            when 'never_collected' then 'uncollectible'
            when 'collected_late' then 'carrying_cost'
            when 'billed_late' then 'carrying_cost'
            else totals.component
        end as component,
        totals.method,
        case
            when totals.component = 'billed_late' then 4
            when totals.is_best then 1
            when totals.method = 'prior_year' then 2
            when totals.method = 'rules_applied' then 3
        end as choice_no,
        case
            when totals.component in ('collected_late', 'billed_late') then totals.carrying_cost_usd
            when totals.component = 'never_collected' then totals.central_usd
            else totals.own_collected_usd
        end as cost_usd,
        {% for side in ['low', 'high'] -%}
            case
                when totals.component in ('collected_late', 'billed_late')
                    then {{ impact_carrying_bound('ranges.' ~ side ~ '_dollar_days_usd', 'least' if side == 'low' else 'greatest') }}
                when totals.component = 'never_collected' then totals.{{ side }}_usd
                else {{ impact_own_bound('collected_' ~ side ~ '_usd') }}
            end as {{ side }}_cost_usd{{ ',' if not loop.last }}
        {% endfor -%}
    from totals
    left join ranges
        on
            totals.utility_id = ranges.utility_id
            and totals.episode_id = ranges.episode_id
            and totals.question = ranges.question
            and totals.component = ranges.component
            and totals.method = ranges.method
            and totals.dimension_value = ranges.dimension_value
    where totals.component in ('collected_late', 'billed_late', 'never_collected', 'penalties', 'disconnect_fees', 'card_fees')

),

ranked as (

    select
        *,
        row_number() over (
            partition by utility_id, episode_id, question, fiscal_year, component order by choice_no
        ) as choice_rank
    from figures
    where choice_no is not null and cost_usd is not null

),

divided as (

    select
        ranked.utility_id,
        ranked.episode_id,
        ranked.question,
        weights.fund,
        ranked.fiscal_year,
        ranked.component,
        ranked.method,
        case when ranked.component in ('penalties', 'disconnect_fees') then -1 else 1 end as sign_no,
        {% for name in ['cost_usd', 'low_cost_usd', 'high_cost_usd'] -%}
            {{ money_share('ranked.' ~ name, 'weights.weight_so_far_no', 'weights.weight_total_no', true) }}
            - {{ money_share('ranked.' ~ name, '(weights.weight_so_far_no - weights.weight_no)', 'weights.weight_total_no', true) }} as {{ name }},
        {% endfor -%}
        coalesce(own.amount_usd, 0)
        + coalesce(
            {{ money_share('shared.amount_usd', 'weights.weight_so_far_no', 'weights.weight_total_no', true) }}
            - {{ money_share('shared.amount_usd', '(weights.weight_so_far_no - weights.weight_no)', 'weights.weight_total_no', true) }}, 0
        ) as actual_usd
    from ranked
    inner join weights
        on ranked.utility_id = weights.utility_id and ranked.component = weights.component
    left join actual as own
        on
            ranked.utility_id = own.utility_id
            and ranked.component = own.component
            and ranked.fiscal_year = own.fiscal_year
            and weights.fund = own.fund
    left join actual as shared
        on
            ranked.utility_id = shared.utility_id
            and ranked.component = shared.component
            and ranked.fiscal_year = shared.fiscal_year
            and shared.fund is null
    where ranked.choice_rank = 1

),

final as (

    select
        utility_id,
        episode_id,
        question,
        fund,
        fiscal_year,
        component,
        {{ requirement_line_kind('component') }} as line_kind,
        method,
        {{ as_money("case when component = 'carrying_cost' then cost_usd else actual_usd end") }} as with_usd,
        {{ as_money("case when component = 'carrying_cost' then cost_usd else actual_usd end - sign_no * cost_usd") }} as without_usd,
        {{ as_money('sign_no * cost_usd') }} as difference_usd,
        {{ as_money('case when sign_no = 1 then low_cost_usd else -high_cost_usd end') }} as low_usd,
        {{ as_money('case when sign_no = 1 then high_cost_usd else -low_cost_usd end') }} as high_usd
    from divided

)

select * from final
