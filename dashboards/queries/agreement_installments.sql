-- Which installments does an account's agreement have, and which were met?
select *
from marts.fct_agreement_installments
where utility_id = $utility and account_id = $account
order by due_on, installment_no
