with accounts as (

    select
        utility_id,
        account_id,
        premise_id,
        coalesce(opened_on, {{ beginning_of_time() }}) as opened_on,
        coalesce(closed_on, {{ end_of_time() }}) as closed_on
    from {{ ref('stg_extracts__accounts') }}
    where premise_id is not null

),

changes as (

    select
        utility_id,
        premise_id,
        opened_on as changed_on
    from accounts
    union
    select
        utility_id,
        premise_id,
        closed_on as changed_on
    from accounts

),

stretches as (

    select
        utility_id,
        premise_id,
        changed_on as from_on,
        lead(changed_on) over (partition by utility_id, premise_id order by changed_on) as to_on
    from changes

),

-- Where accounts of a premise overlap, the one that came last holds it.
ranked as (

    select
        stretches.utility_id,
        stretches.premise_id,
        stretches.from_on,
        stretches.to_on,
        accounts.account_id,
        row_number() over (
            partition by stretches.utility_id, stretches.premise_id, stretches.from_on
            order by accounts.opened_on desc, accounts.account_id
        ) as rank_no
    from stretches
    inner join accounts
        on
            stretches.utility_id = accounts.utility_id
            and stretches.premise_id = accounts.premise_id
            and stretches.from_on >= accounts.opened_on
            and stretches.to_on <= accounts.closed_on

),

final as (

    select
        utility_id,
        premise_id,
        from_on,
        to_on,
        account_id
    from ranked
    where rank_no = 1

)

select * from final
