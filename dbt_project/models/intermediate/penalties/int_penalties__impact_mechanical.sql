with amounts as (

    select * from {{ ref('int_penalties__impact_amounts') }}

),

unbilled as (

    select * from {{ ref('int_penalties__impact_unbilled') }}

),

covers as (

    select distinct
        utility_id,
        covered_by,
        episode_id
    from {{ ref('int_penalties__impact_covers') }}
    where episode_id is not null

),

arrears as (

    select * from {{ ref('int_penalties__impact_prior_arrears') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

-- An amount belongs to every episode that has one of its events.
placed as (

    select
        amounts.utility_id,
        covers.episode_id,
        amounts.account_key,
        amounts.component,
        amounts.covered_by,
        amounts.month_end_on,
        amounts.customer_class,
        amounts.amount_usd,
        amounts.dollar_days_usd
    from amounts
    inner join covers
        on amounts.utility_id = covers.utility_id and amounts.covered_by = covers.covered_by
    union all
    select
        unbilled.utility_id,
        unbilled.episode_id,
        unbilled.account_key,
        'unbilled' as component,
        unbilled.covered_by,
        unbilled.month_end_on,
        periods.customer_class,
        unbilled.amount_usd,
        cast(0 as decimal(18, 2)) as dollar_days_usd
    from unbilled
    left join periods
        on
            unbilled.account_key = periods.account_key
            and unbilled.month_end_on >= periods.from_on
            and unbilled.month_end_on < periods.to_on

),

-- A waiver alone moves no bill and stops no shut-off: these parts are the event's.
questions as (

    {% for question in ['waiver', 'event'] -%}
        {% if not loop.first %}
            union all
        {% endif %}
        select
            placed.*,
            '{{ question }}' as question
        from placed
        {% if question == 'waiver' %}where component in ('penalties', 'card_fees'){% endif %}
    {%- endfor %}

),

final as (

    select
        questions.utility_id,
        questions.episode_id,
        questions.question,
        questions.component,
        questions.covered_by,
        questions.month_end_on,
        coalesce(questions.customer_class, 'unknown') as customer_class,
        coalesce(arrears.prior_arrears, 'unknown') as prior_arrears,
        {{ sum_money('questions.amount_usd') }} as amount_usd,
        {{ sum_money('questions.dollar_days_usd') }} as dollar_days_usd
    from questions
    left join arrears
        on questions.episode_id = arrears.episode_id and questions.account_key = arrears.account_key
    group by
        questions.utility_id, questions.episode_id, questions.question, questions.component, questions.covered_by, questions.month_end_on,
        questions.customer_class, arrears.prior_arrears

)

select * from final
