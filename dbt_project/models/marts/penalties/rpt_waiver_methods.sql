with methods as (

    select * from {{ ref('int_penalties__impact_methods') }}

),

final as (

    select
        utility_id,
        episode_id,
        question,
        component,
        method,
        is_used,
        is_refused,
        reason,
        case
            when method = 'rules_applied'
                then
                    'People would have paid as they did. That is too much where a waiver itself makes people pay later.'
            when method = 'cohort_curves' and question = 'waiver' and component = 'collected_late'
                then
                    'People pay later because of the waiver as in its months in which nothing else was out of order. Only their ends have a figure: while bills '
                    || 'came late, ways to pay were closed or nobody was shut off, the waiver cannot be told apart.'
            when method = 'cohort_curves' and question = 'waiver'
                then
                    'The waiver made people pay later by as much in all its months as in those in which nothing else was out of order.'
            when method = 'cohort_curves'
                then
                    'Without the event people would have paid as in months that no event touched, homes and others apart, by half of the year.'
            when method = 'prior_year' and question = 'waiver'
                then 'Nothing but the waiver made people pay later than a year before.'
            when method = 'prior_year'
                then 'Without the event people would have paid as in the clean months of the same time a year before.'
            else 'Whom the waiver left out changed as those whom it covered would have.'
        end as assumptions,
        case method
            when 'rules_applied' then 'Bills, payments and the calendar of waivers.'
            when 'cohort_curves'
                then
                    cast(needed_month_count as varchar)
                    || ' clean months; for the cost of the waiver alone, a month in which only penalties were waived, that one and the month before whole.'
            when 'prior_year' then 'Two clean months among those a year before the window.'
            else 'A service, class or billing group that no event touches, six clean cycles before of both groups, and parallel trends in them.'
        end as data_needed,
        clean_month_count,
        waiver_only_month_count,
        cluster_kind,
        cluster_count,
        replicate_count
    from methods

)

select * from final
