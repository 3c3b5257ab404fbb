with allowance as (

    select * from {{ ref('rpt_allowance') }}

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

rollforward as (

    select * from {{ ref('rpt_receivable_rollforward') }}

),

books as (

    select * from {{ ref('int_receivables__books') }}

),

-- Both groups of accounts have to be known: a part is no allowance.
closings as (

    select
        utility_id,
        fiscal_year,
        max(month_end_on) as month_end_on,
        sum(balance_usd) as open_usd,
        case
            when sum(case when allowance_usd is null and balance_usd > 0 then 1 else 0 end) = 0 then {{ sum_money('allowance_usd') }}
        end as closing_usd
    from allowance
    group by utility_id, fiscal_year

),

moved as (

    select
        rollforward.utility_id,
        {{ fiscal_year_of('rollforward.month_end_on', 'utilities.fiscal_year_start_month') }} as fiscal_year,
        sum(rollforward.write_offs_usd) as write_offs_usd,
        sum(rollforward.recoveries_usd) as recoveries_usd
    from rollforward
    inner join utilities
        on rollforward.utility_id = utilities.utility_id
    group by rollforward.utility_id, {{ fiscal_year_of('rollforward.month_end_on', 'utilities.fiscal_year_start_month') }}

),

books_at as (

    select
        utility_id,
        month_end_on,
        sum(allowance_usd) as books_usd
    from books
    group by utility_id, month_end_on

),

opened as (

    select
        *,
        lag(closing_usd) over (partition by utility_id order by fiscal_year) as opening_usd
    from closings

),

final as (

    select
        opened.utility_id,
        cast(opened.fiscal_year as integer) as fiscal_year,
        opened.month_end_on,
        {{ as_money('opened.open_usd') }} as open_usd,
        {{ as_money('opened.opening_usd') }} as opening_usd,
        {{ as_money('opened.closing_usd - opened.opening_usd + coalesce(moved.write_offs_usd, 0) - coalesce(moved.recoveries_usd, 0)') }} as provision_usd,
        {{ as_money('coalesce(moved.write_offs_usd, 0)') }} as write_offs_usd,
        {{ as_money('coalesce(moved.recoveries_usd, 0)') }} as recoveries_usd,
        {{ as_money('opened.closing_usd') }} as closing_usd,
        {{ as_money('books_at.books_usd') }} as books_usd,
        {{ as_money('opened.closing_usd - books_at.books_usd') }} as difference_usd
    from opened
    left join moved
        on opened.utility_id = moved.utility_id and opened.fiscal_year = moved.fiscal_year
    left join books_at
        on opened.utility_id = books_at.utility_id and opened.month_end_on = books_at.month_end_on

)

select * from final
