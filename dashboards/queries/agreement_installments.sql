-- Which installments do an account's agreements up to a day have, and which were met?
select
    installments.agreement_id,
    installments.installment_no,
    installments.due_on,
    installments.installment_usd,
    installments.received_usd,
    installments.allowed_usd,
    installments.still_open_usd,
    installments.outcome
from marts.fct_agreement_installments as installments
inner join marts.fct_agreements as agreements
    on installments.utility_id = agreements.utility_id and installments.agreement_id = agreements.agreement_id
where
    installments.utility_id = $utility
    and installments.account_id = $account
    and agreements.signed_on <= cast($as_of as date)
order by installments.due_on, installments.installment_no
