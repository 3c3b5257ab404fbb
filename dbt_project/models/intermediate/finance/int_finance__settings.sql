{% set settings = {'finance.pilot_line': 'pilot', 'finance.interest_line': 'interest_income', 'finance.penalty_line': 'penalty_revenue', 'finance.new_debt_lien': 'senior',
    'finance.rate_notice_days': '0'} %}

with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

rules as (

    select * from {{ ref('stg_policy__rules') }}
    where rule_name in ('finance.pilot_treatment', '{{ settings | join("', '") }}')

),

-- The version that holds on the as-of date.
in_force as (

    select
        rules.utility_id,
        rules.rule_name,
        max(rules.rule_value) as rule_value
    from rules
    inner join utilities
        on
            rules.utility_id = utilities.utility_id
            and coalesce(utilities.as_of_on, utilities.latest_delivered_on) between rules.effective_from_on and coalesce(rules.effective_to_on, {{ end_of_time() }})
    group by rules.utility_id, rules.rule_name

),

final as (

    select
        utilities.utility_id,
        coalesce(utilities.as_of_on, utilities.latest_delivered_on) as as_of_on,
        {% for rule, default in settings.items() -%}
            coalesce(max(case when in_force.rule_name = '{{ rule }}' then in_force.rule_value end), '{{ default }}') as {{ rule.split('.')[1] }},
        {% endfor -%}
        case max(case when in_force.rule_name = 'finance.pilot_treatment' then in_force.rule_value end)
            when 'operating_expense' then 'operating_expense'
            when 'transfer' then 'transfer'
        end as pilot_category
    from utilities
    left join in_force
        on utilities.utility_id = in_force.utility_id
    group by utilities.utility_id, utilities.as_of_on, utilities.latest_delivered_on

)

select * from final
