with accounts as (

    select * from {{ ref('stg_extracts__accounts') }}

),

history as (

    select * from {{ ref('stg_extracts__account_history') }}

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

recorded as (

    select
        utility_id,
        account_id,
        customer_class,
        rate_code,
        billing_group,
        account_status,
        autopay,
        assistance_program,
        effective_from_on,
        row_number() over (partition by utility_id, account_id order by effective_from_on) as period_no,
        lead(effective_from_on) over (partition by utility_id, account_id order by effective_from_on) as next_from_on
    from history

),

-- The first known state also holds for the days before it was recorded.
from_history as (

    select
        utility_id,
        account_id,
        customer_class,
        rate_code,
        billing_group,
        account_status,
        autopay,
        assistance_program,
        case when period_no = 1 then {{ beginning_of_time() }} else effective_from_on end as from_on,
        coalesce(next_from_on, {{ end_of_time() }}) as to_on
    from recorded

),

unrecorded as (

    select accounts.*
    from accounts
    left join history
        on accounts.utility_id = history.utility_id and accounts.account_id = history.account_id
    where history.account_id is null

),

open_accounts as (

    select
        utility_id,
        account_id,
        customer_class,
        rate_code,
        billing_group,
        'active' as account_status,
        autopay,
        assistance_program,
        {{ beginning_of_time() }} as from_on,
        coalesce(closed_on, {{ end_of_time() }}) as to_on
    from unrecorded

),

closed_accounts as (

    select
        utility_id,
        account_id,
        customer_class,
        rate_code,
        billing_group,
        'final' as account_status,
        autopay,
        assistance_program,
        closed_on as from_on,
        {{ end_of_time() }} as to_on
    from unrecorded
    where closed_on is not null

),

periods as (

    select * from from_history
    union all
    select * from open_accounts
    union all
    select * from closed_accounts

),

final as (

    select
        keys.account_key,
        periods.*
    from periods
    inner join keys
        on periods.utility_id = keys.utility_id and periods.account_id = keys.account_id
    where periods.from_on < periods.to_on

)

select * from final
