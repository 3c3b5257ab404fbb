-- Accounts of one billing group are read, billed and due together. Where there are too few groups, accounts are put into lots by a hash of their id.
with accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

latest as (

    select
        account_key,
        billing_group
    from periods
    where to_on = {{ end_of_time() }}

),

placed as (

    select
        accounts.account_key,
        accounts.utility_id,
        latest.billing_group,
        {{ drawn("accounts.utility_id || '/' || accounts.account_id", account_lots()) }} as lot_no
    from accounts
    left join latest
        on accounts.account_key = latest.account_key

),

group_counts as (

    select
        utility_id,
        count(distinct billing_group) as group_count,
        count(distinct lot_no) as lot_count
    from placed
    group by utility_id

),

final as (

    select
        placed.account_key,
        placed.utility_id,
        case
            when group_counts.group_count >= {{ least_cluster_count() }} then 'billing groups'
            else 'accounts in lots'
        end as cluster_kind,
        cast(
            case
                when group_counts.group_count >= {{ least_cluster_count() }}
                    then dense_rank() over (partition by placed.utility_id order by placed.billing_group)
                else dense_rank() over (partition by placed.utility_id order by placed.lot_no)
            end as integer
        ) as cluster_no
    from placed
    inner join group_counts
        on placed.utility_id = group_counts.utility_id

)

select * from final
