with amounts as (

    select * from {{ ref('int_penalties__impact_amounts') }}

),

unbilled as (

    select * from {{ ref('int_penalties__impact_unbilled') }}

),

late_bills as (

    select * from {{ ref('int_penalties__impact_late_bills') }}

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
        utility_id,
        episode_id,
        account_key,
        'unbilled' as component,
        covered_by,
        month_end_on,
        customer_class,
        amount_usd,
        cast(0 as decimal(18, 2)) as dollar_days_usd
    from unbilled
    union all
    select
        utility_id,
        episode_id,
        account_key,
        'billed_late' as component,
        covered_by,
        last_day(issued_on) as month_end_on,
        customer_class,
        amount_usd,
        {{ as_money('amount_usd * ' ~ days_between('restated_on', 'issued_on')) }} as dollar_days_usd
    from late_bills

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
