with checks as (

    select * from {{ ref('int_penalties__checks') }}

),

open_items as (

    select * from {{ ref('int_penalties__open_items') }}

),

rules as (

    select * from {{ ref('int_penalties__rules') }}

),

placed as (

    select
        open_items.account_key,
        open_items.at_on,
        open_items.service,
        open_items.debit_class,
        open_items.open_usd,
        rules.has_fees_in_base,
        rules.compounding,
        rules.base_scope,
        coalesce(open_items.due_on <= checks.penalty_on, false) as is_past_due,
        -- what level payments put off has not been asked for
        open_items.due_on is null and open_items.bill_id is not null as is_put_off,
        -- what became due with this bill: its own charges, level charges put off to it, and fees and penalties that waited for it
        coalesce(
            open_items.due_on = checks.due_on
            and open_items.due_known_on = checks.billed_on
            and (
                open_items.debit_class in ('fee', 'penalty')
                or open_items.bill_id = checks.bill_id
                or (open_items.bill_id is not null and open_items.posted_on < checks.billed_on)
            ), false
        ) as is_due_with_bill
    from open_items
    inner join checks
        on open_items.account_key = checks.account_key and open_items.at_on = checks.at_on
    inner join rules
        on
            checks.utility_id = rules.utility_id
            and checks.penalty_on >= rules.from_on
            and checks.penalty_on < rules.to_on

),

in_scope as (

    select * from placed
    where
        not is_put_off
        and (debit_class != 'fee' or has_fees_in_base)
        and (debit_class != 'penalty' or compounding = 'compounding')
        and (base_scope != 'past_due' or is_past_due)
        and (is_due_with_bill or not (base_scope = 'bill' or compounding = 'once_per_bill'))

),

final as (

    select
        account_key,
        at_on,
        {{ sum_money('open_usd') }} as scope_usd,
        {% for service in services() -%}
            {{ sum_money("case when service = '" ~ service ~ "' then open_usd end") }} as {{ service }}_usd
            {{- ',' if not loop.last }}
        {% endfor %}
    from in_scope
    group by account_key, at_on

)

select * from final
