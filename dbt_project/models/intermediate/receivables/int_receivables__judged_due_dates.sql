-- Whether what bills made due was covered at the end of the due date and of the penalty date. What the level did not take off because credits that
-- name a bill had not come by the day is put back, where it stands behind.
with due_dates as (

    select due_dates.*
    from {{ ref('int_receivables__due_dates') }} as due_dates
    inner join {{ ref('int_quality__utilities') }} as utilities
        on due_dates.utility_id = utilities.utility_id and due_dates.penalty_on <= utilities.as_of_on

),

debits as (

    select * from {{ ref('int_receivables__debits') }}

),

uncovered as (

    select * from {{ ref('int_receivables__uncovered_due_dates') }}

),

untaken as (

    select
        uncovered.account_key,
        uncovered.due_on,
        uncovered.is_asked,
        sum(debits.most_named_usd - debits.amount_usd + named_nets.net_usd) as untaken_usd
    from uncovered
    inner join {{ ref('int_receivables__named_nets') }} as named_nets
        on
            uncovered.account_key = named_nets.account_key
            and uncovered.queue_no < named_nets.queue_no
            and uncovered.on_day >= named_nets.from_on
            and uncovered.on_day < named_nets.to_on
    inner join debits
        on named_nets.account_key = debits.account_key and named_nets.queue_no = debits.queue_no
    group by uncovered.account_key, uncovered.due_on, uncovered.is_asked

),

answers as (

    select
        uncovered.account_key,
        uncovered.due_on,
        max(case when uncovered.is_asked = 1 then 1 else 0 end) = 0 as is_paid_by_due_date,
        max(case when uncovered.is_asked = 2 then 1 else 0 end) = 0 as is_paid_by_penalty_date
    from uncovered
    left join untaken
        on
            uncovered.account_key = untaken.account_key
            and uncovered.due_on = untaken.due_on
            and uncovered.is_asked = untaken.is_asked
    where uncovered.level_usd + coalesce(untaken.untaken_usd, 0) < uncovered.mark_usd
    group by uncovered.account_key, uncovered.due_on

),

final as (

    select
        due_dates.account_key,
        due_dates.utility_id,
        due_dates.due_on,
        due_dates.penalty_on,
        due_dates.amount_usd,
        coalesce(answers.is_paid_by_penalty_date, true) as is_paid_by_penalty_date,
        coalesce(answers.is_paid_by_due_date and answers.is_paid_by_penalty_date, true) as is_paid_by_due_date
    from due_dates
    left join answers
        on due_dates.account_key = answers.account_key and due_dates.due_on = answers.due_on

)

select * from final
