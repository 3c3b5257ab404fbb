with holds as (

    select * from {{ ref('stg_extracts__holds') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

rules as (

    select * from {{ ref('int_penalties__collection_rules') }}

),

final as (

    select
        holds.utility_id,
        holds.hold_id,
        holds.account_id,
        holds.hold_kind,
        holds.starts_on,
        holds.ends_on,
        {{ days_between('holds.starts_on', 'holds.ends_on') }} + 1 as hold_days,
        {{ names_word('rules.holds', 'holds.hold_kind') }} as is_in_policy,
        utilities.as_of_on <= coalesce(holds.ends_on, {{ end_of_time() }}) as is_standing
    from holds
    inner join utilities
        on holds.utility_id = utilities.utility_id and holds.starts_on <= utilities.as_of_on
    inner join rules
        on holds.utility_id = rules.utility_id and holds.starts_on >= rules.from_on and holds.starts_on < rules.to_on

)

select * from final
