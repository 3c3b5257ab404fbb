with read_years as (

    select * from {{ ref('int_billing__read_years') }}

),

reads as (

    select
        *,
        {{ month_number('read_on') }} as month_no,
        {{ months_of_days('days', "'nearest_whole_long_days_short'", '1') }} as months
    from {{ ref('int_billing__reads') }}
    where account_id is not null and days > 0

),

accounts as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

-- Estimates of accounts that have too few months of their own: few, and what they need decides what is read below.
wanting as (

    select
        read_years.utility_id,
        read_years.read_id,
        reads.service,
        reads.unit,
        reads.month_no,
        periods.customer_class
    from read_years
    inner join reads
        on read_years.utility_id = reads.utility_id and read_years.read_id = reads.read_id
    inner join accounts
        on reads.utility_id = accounts.utility_id and reads.account_id = accounts.account_id
    inner join periods
        on
            accounts.account_key = periods.account_key
            and reads.read_on >= periods.from_on
            and reads.read_on < periods.to_on
    where
        read_years.read_kind = 'estimated'
        and coalesce(read_years.year_months, 0) < read_years.estimate_min_months

),

services_wanting as (

    select
        utility_id,
        service,
        unit,
        min(month_no) - 12 as first_month_no,
        max(month_no) - 1 as last_month_no
    from wanting
    group by utility_id, service, unit

),

-- Meters that were read: estimates say nothing about a class (R75).
used as (

    select
        reads.utility_id,
        reads.service,
        reads.unit,
        reads.month_no,
        periods.customer_class,
        sum(reads.usage_quantity) as class_usage,
        sum(reads.months) as class_months
    from reads
    inner join services_wanting
        on
            reads.utility_id = services_wanting.utility_id
            and reads.service = services_wanting.service
            and reads.unit = services_wanting.unit
            and reads.month_no between services_wanting.first_month_no and services_wanting.last_month_no
    inner join accounts
        on reads.utility_id = accounts.utility_id and reads.account_id = accounts.account_id
    inner join periods
        on
            accounts.account_key = periods.account_key
            and reads.read_on >= periods.from_on
            and reads.read_on < periods.to_on
    where reads.read_kind != 'estimated'
    group by reads.utility_id, reads.service, reads.unit, reads.month_no, periods.customer_class

),

final as (

    select
        wanting.utility_id,
        wanting.read_id,
        wanting.customer_class,
        cast(sum(used.class_usage) as decimal(18, 6)) as class_usage,
        cast(sum(used.class_months) as decimal(18, 6)) as class_months
    from wanting
    inner join used
        on
            wanting.utility_id = used.utility_id
            and wanting.service = used.service
            and wanting.unit = used.unit
            and wanting.customer_class = used.customer_class
            and used.month_no between wanting.month_no - 12 and wanting.month_no - 1
    group by wanting.utility_id, wanting.read_id, wanting.customer_class
    having sum(used.class_months) > 0

)

select * from final
