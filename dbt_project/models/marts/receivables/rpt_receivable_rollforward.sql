with utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

service_funds as (

    select * from {{ ref('int_receivables__service_funds') }}

),

flows as (

    select * from {{ ref('int_receivables__monthly_flows') }}

),

aging as (

    select * from {{ ref('fct_aging_monthly') }}

),

books as (

    select * from {{ ref('int_receivables__books') }}

),

month_ends as (

    select * from {{ ref('int_receivables__month_ends') }}

),

-- Funds that something was posted to, or that the books speak of.
funds as (

    select utility_id, fund from flows
    union
    select utility_id, fund from books

),

-- Every such fund and month from the first posting to the last month that had ended on the as-of date.
spine as (

    select
        funds.utility_id,
        funds.fund,
        month_ends.month_no,
        month_ends.month_end_on
    from funds
    inner join utilities
        on funds.utility_id = utilities.utility_id
    inner join month_ends
        on
            {{ month_number('utilities.first_posted_on') }} <= month_ends.month_no
            and utilities.as_of_on >= month_ends.month_end_on

),

closings as (

    select
        aging.utility_id,
        service_funds.fund,
        aging.month_end_on,
        {{ sum_money('aging.total_usd') }} as closing_usd
    from aging
    inner join service_funds
        on aging.utility_id = service_funds.utility_id and aging.service = service_funds.service
    group by aging.utility_id, service_funds.fund, aging.month_end_on

),

balanced as (

    select
        spine.utility_id,
        spine.fund,
        spine.month_no,
        spine.month_end_on,
        coalesce(closings.closing_usd, 0) as closing_usd,
        coalesce(
            lag(closings.closing_usd) over (partition by spine.utility_id, spine.fund order by spine.month_no), 0
        ) as opening_usd
    from spine
    left join closings
        on
            spine.utility_id = closings.utility_id
            and spine.fund = closings.fund
            and spine.month_end_on = closings.month_end_on

),

final as (

    select
        balanced.utility_id,
        balanced.fund,
        balanced.month_end_on,
        {{ as_money('balanced.opening_usd') }} as opening_usd,
        {% for flow in ['billed', 'penalties', 'fees', 'other_charges', 'returns', 'refunds'] -%}
            {{ as_money('coalesce(flows.' ~ flow ~ '_usd, 0)') }} as {{ flow }}_usd,
        {% endfor -%}
        {{ as_money('balanced.opening_usd + coalesce(flows.other_than_payments_usd, 0) - balanced.closing_usd') }} as payments_usd,
        {% for flow in ['credits', 'write_offs', 'recoveries', 'transfers'] -%}
            {{ as_money('coalesce(flows.' ~ flow ~ '_usd, 0)') }} as {{ flow }}_usd,
        {% endfor -%}
        {{ as_money('balanced.closing_usd') }} as closing_usd,
        books.books_usd,
        {{ as_money('balanced.closing_usd - books.books_usd') }} as difference_usd
    from balanced
    left join flows
        on
            balanced.utility_id = flows.utility_id
            and balanced.fund = flows.fund
            and balanced.month_no = flows.month_no
    left join books
        on
            balanced.utility_id = books.utility_id
            and balanced.fund = books.fund
            and balanced.month_end_on = books.month_end_on

)

select * from final
