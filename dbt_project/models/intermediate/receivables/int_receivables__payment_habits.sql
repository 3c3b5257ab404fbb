-- The last twelve due dates say how an account pays. A word is known from the penalty date of the latest of them on.
with judged as (

    select * from {{ ref('int_receivables__judged_due_dates') }}

),

counted as (

    select
        account_key,
        utility_id,
        due_on,
        penalty_on,
        count(*) over lately as due_date_count,
        sum(case when is_paid_by_due_date then 1 else 0 end) over lately as by_due_date_count,
        sum(case when is_paid_by_penalty_date then 1 else 0 end) over lately as by_penalty_date_count,
        lead(penalty_on) over (partition by account_key order by penalty_on, due_on) as next_penalty_on
    from judged
    window
        lately as (partition by account_key order by penalty_on, due_on rows between 11 preceding and current row)

),

-- Of several due dates with one penalty date the last one speaks for all.
final as (

    select
        account_key,
        utility_id,
        penalty_on as from_on,
        coalesce(next_penalty_on, {{ end_of_time() }}) as to_on,
        cast(due_date_count as integer) as due_date_count,
        cast(by_due_date_count as integer) as by_due_date_count,
        cast(by_penalty_date_count as integer) as by_penalty_date_count,
        case
            when due_date_count < 6 then 'new'
            when by_due_date_count = due_date_count then 'always on time'
            when 4 * by_penalty_date_count >= 3 * due_date_count then 'mostly on time'
            when 2 * by_penalty_date_count >= due_date_count then 'late'
            else 'very late'
        end as payment_habit
    from counted
    where next_penalty_on is null or next_penalty_on > penalty_on

)

select * from final
