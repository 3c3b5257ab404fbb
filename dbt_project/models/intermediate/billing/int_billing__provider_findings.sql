with service_spans as (

    select * from {{ ref('int_billing__service_spans') }}

),

source_accounts as (

    select * from {{ ref('stg_extracts__source_accounts') }}

),

complete_days as (

    select * from {{ ref('int_billing__complete_days') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

-- Days of the provider's list that can be compared; each list row and each account counts for its premise as well.
listed as (

    select
        source_accounts.utility_id,
        source_accounts.source_account_id,
        source_accounts.account_id,
        source_accounts.premise_id,
        source_accounts.activated_on,
        greatest(source_accounts.activated_on, {{ add_days('complete_days.from_on', '-1') }}) as from_on,
        least(coalesce(source_accounts.ended_on, utilities.as_of_on), utilities.as_of_on) as to_on
    from source_accounts
    inner join utilities
        on source_accounts.utility_id = utilities.utility_id
    inner join complete_days
        on source_accounts.utility_id = complete_days.utility_id

),

pairs as (

    select listed.utility_id, listed.source_account_id, service_spans.account_key
    from listed
    inner join service_spans
        on listed.utility_id = service_spans.utility_id and listed.account_id = service_spans.account_id
    union
    select listed.utility_id, listed.source_account_id, service_spans.account_key
    from listed
    inner join service_spans
        on listed.utility_id = service_spans.utility_id and listed.premise_id = service_spans.premise_id

),

listed_spans as (

    select
        utility_id || ' ' || source_account_id as span_key,
        from_on,
        to_on
    from listed
    where from_on < to_on

),

listed_covers as (

    select
        pairs.utility_id || ' ' || pairs.source_account_id as span_key,
        service_spans.from_on,
        service_spans.to_on
    from pairs
    inner join service_spans
        on pairs.account_key = service_spans.account_key

),

account_spans as (

    select
        account_key as span_key,
        from_on,
        to_on
    from service_spans
    where utility_id in (select utility_id from listed)

),

account_covers as (

    select
        pairs.account_key as span_key,
        listed.from_on,
        listed.to_on
    from pairs
    inner join listed
        on pairs.utility_id = listed.utility_id and pairs.source_account_id = listed.source_account_id

),

without_account as (

    {{ uncovered_spans('listed_spans', 'listed_covers') }}

),

without_provider as (

    {{ uncovered_spans('account_spans', 'account_covers') }}

),

final as (

    select
        listed.utility_id,
        'provider_active_without_account' as finding,
        cast(null as integer) as account_key,
        listed.source_account_id,
        listed.premise_id,
        without_account.from_on,
        without_account.to_on
    from without_account
    inner join listed
        on without_account.span_key = listed.utility_id || ' ' || listed.source_account_id
    union all
    select
        service_spans.utility_id,
        'account_without_provider_active' as finding,
        service_spans.account_key,
        cast(null as varchar) as source_account_id,
        service_spans.premise_id,
        without_provider.from_on,
        without_provider.to_on
    from without_provider
    inner join service_spans
        on without_provider.span_key = service_spans.account_key

)

select * from final
