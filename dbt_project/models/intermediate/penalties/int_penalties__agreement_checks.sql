{{ config(materialized='view') }}

with agreements as (

    select * from {{ ref('int_penalties__agreements') }}

),

installments as (

    select * from {{ ref('stg_extracts__agreement_installments') }}

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

-- An installment is judged at the end of the last day of grace: by then what was owed at signing is down to what is not yet due.
final as (

    select
        agreements.utility_id,
        agreements.account_id,
        accounts.account_key,
        agreements.agreement_id,
        agreements.agreed_usd,
        agreements.signed_on,
        installments.installment_no,
        installments.installment_usd,
        installments.due_on,
        {{ add_days('installments.due_on', 'agreements.grace_days') }} as judged_on,
        cast(
            sum(installments.installment_usd) over (
                partition by agreements.utility_id, agreements.agreement_id order by installments.due_on
            ) as decimal(18, 2)
        ) as fallen_due_usd
    from agreements
    inner join installments
        on agreements.utility_id = installments.utility_id and agreements.agreement_id = installments.agreement_id
    inner join accounts
        on agreements.utility_id = accounts.utility_id and agreements.account_id = accounts.account_id

)

select * from final
