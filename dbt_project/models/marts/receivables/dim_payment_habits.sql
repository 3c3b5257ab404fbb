with accounts as (

    select
        accounts.*,
        utilities.as_of_on
    from {{ ref('int_receivables__accounts') }} as accounts
    inner join {{ ref('int_quality__utilities') }} as utilities
        on accounts.utility_id = utilities.utility_id

),

habits as (

    select * from {{ ref('int_receivables__payment_habits') }}

),

final as (

    select
        accounts.utility_id,
        accounts.account_id,
        coalesce(habits.payment_habit, 'new') as payment_habit,
        coalesce(habits.due_date_count, 0) as due_date_count,
        coalesce(habits.by_due_date_count, 0) as by_due_date_count,
        coalesce(habits.by_penalty_date_count - habits.by_due_date_count, 0) as by_penalty_date_count,
        coalesce(habits.due_date_count - habits.by_penalty_date_count, 0) as late_count,
        habits.from_on,
        accounts.as_of_on
    from accounts
    left join habits
        on
            accounts.account_key = habits.account_key
            and accounts.as_of_on >= habits.from_on
            and accounts.as_of_on < habits.to_on

)

select * from final
