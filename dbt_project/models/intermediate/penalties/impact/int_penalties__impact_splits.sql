-- Each month and class is divided by its own weights; without any by those of the class over all months, else of all classes; without any at all it stands undivided.
with estimates as (

    select distinct
        utility_id,
        episode_id,
        question,
        component,
        month_end_on,
        customer_class
    from {{ ref('int_penalties__impact_estimates') }}

),

weights as (

    select * from {{ ref('int_penalties__impact_weights') }}

),

of_classes as (

    select
        utility_id,
        episode_id,
        question,
        component,
        customer_class,
        covered_by,
        prior_arrears,
        cast(sum(weight_no) as bigint) as weight_no
    from weights
    group by utility_id, episode_id, question, component, customer_class, covered_by, prior_arrears

),

of_all as (

    select
        utility_id,
        episode_id,
        question,
        component,
        covered_by,
        prior_arrears,
        cast(sum(weight_no) as bigint) as weight_no
    from weights
    group by utility_id, episode_id, question, component, covered_by, prior_arrears

),

{% set same -%}
    estimates.utility_id = found.utility_id and estimates.episode_id = found.episode_id
    and estimates.question = found.question and estimates.component = found.component
{%- endset -%}
found as (

    select
        estimates.*,
        found.covered_by,
        found.prior_arrears,
        found.weight_no,
        1 as choice_no
    from estimates
    inner join weights as found
        on {{ same }} and estimates.month_end_on = found.month_end_on and estimates.customer_class = found.customer_class
    union all
    select
        estimates.*,
        found.covered_by,
        found.prior_arrears,
        found.weight_no,
        2 as choice_no
    from estimates
    inner join of_classes as found
        on {{ same }} and estimates.customer_class = found.customer_class
    union all
    select
        estimates.*,
        found.covered_by,
        found.prior_arrears,
        found.weight_no,
        3 as choice_no
    from estimates
    inner join of_all as found
        on {{ same }}
    union all
    select
        estimates.*,
        'together' as covered_by,
        'unknown' as prior_arrears,
        cast(1 as bigint) as weight_no,
        4 as choice_no
    from estimates

),

chosen as (

    select
        *,
        min(choice_no) over (partition by utility_id, episode_id, question, component, month_end_on, customer_class) as best_choice_no
    from found

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        month_end_on,
        customer_class,
        covered_by,
        prior_arrears,
        weight_no,
        cast(sum(weight_no) over cells as bigint) as weight_so_far_no,
        cast(sum(weight_no) over (partition by utility_id, episode_id, question, component, month_end_on, customer_class) as bigint) as weight_total_no
    from chosen
    where choice_no = best_choice_no
    window cells as (
        partition by utility_id, episode_id, question, component, month_end_on, customer_class order by covered_by, prior_arrears
        rows between unbounded preceding and current row
    )

)

select * from final
