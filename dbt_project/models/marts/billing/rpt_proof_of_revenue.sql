with determinants as (

    select * from {{ ref('fct_billing_determinants') }}

),

lines as (

    select * from {{ ref('int_billing__determinant_lines') }}

),

billed as (

    select * from {{ ref('int_billing__billed_components') }}

),

books as (

    select * from {{ ref('int_billing__rate_revenue') }}

),

recomputed as (

    select
        determinants.utility_id,
        determinants.fiscal_year,
        determinants.service,
        determinants.customer_class,
        lines.component,
        sum(determinants.unit_count * lines.amount_usd) as recomputed_usd,
        sum(case when lines.is_revenue then determinants.unit_count * lines.amount_usd end) as recomputed_revenue_usd
    from determinants
    inner join lines
        on determinants.unit_id = lines.unit_id
    group by determinants.utility_id, determinants.fiscal_year, determinants.service, determinants.customer_class, lines.component

),

both_sides as (

    select
        utility_id,
        fiscal_year,
        service,
        customer_class,
        component,
        recomputed_usd,
        recomputed_revenue_usd,
        0 as billed_usd,
        0 as billed_revenue_usd
    from recomputed
    union all
    select
        utility_id,
        fiscal_year,
        service,
        customer_class,
        component,
        0,
        0,
        billed_usd,
        billed_revenue_usd
    from billed

),

rolled_up as (

    select
        utility_id,
        fiscal_year,
        service,
        coalesce(customer_class, 'all') as customer_class,
        coalesce(component, 'all') as component,
        {{ sum_money('recomputed_usd') }} as recomputed_usd,
        {{ sum_money('recomputed_revenue_usd') }} as recomputed_revenue_usd,
        {{ sum_money('billed_usd') }} as billed_usd,
        {{ sum_money('billed_revenue_usd') }} as billed_revenue_usd
    from both_sides
    group by grouping sets (
        (utility_id, fiscal_year, service, customer_class, component),
        (utility_id, fiscal_year, service, customer_class),
        (utility_id, fiscal_year, service, component),
        (utility_id, fiscal_year, service)
    )

),

-- Of all classes the books state one line, or the lines of the classes.
class_books as (

    select
        utility_id,
        fiscal_year,
        service,
        customer_class,
        books_usd
    from books
    where customer_class != 'all'
    union all
    select
        utility_id,
        fiscal_year,
        service,
        'all' as customer_class,
        {{ as_money("coalesce(sum(case when customer_class != 'all' then books_usd end), sum(books_usd))") }} as books_usd
    from books
    group by utility_id, fiscal_year, service

),

-- The books speak of revenue by class; by component they do not.
final as (

    select
        rolled_up.*,
        class_books.books_usd,
        {{ as_money('class_books.books_usd - rolled_up.billed_revenue_usd') }} as books_difference_usd,
        {{ as_money('rolled_up.billed_usd - rolled_up.recomputed_usd') }} as residual_usd,
        {{ percentage('rolled_up.billed_usd - rolled_up.recomputed_usd', 'rolled_up.billed_usd') }} as residual_pct,
        coalesce(100 * abs(rolled_up.billed_usd - rolled_up.recomputed_usd) > abs(rolled_up.billed_usd), false)
        or coalesce(100 * abs(class_books.books_usd - rolled_up.billed_revenue_usd) > abs(rolled_up.billed_revenue_usd), false) as is_flagged
    from rolled_up
    left join class_books
        on
            rolled_up.component = 'all'
            and rolled_up.utility_id = class_books.utility_id
            and rolled_up.fiscal_year = class_books.fiscal_year
            and rolled_up.service = class_books.service
            and rolled_up.customer_class = class_books.customer_class

)

select * from final
