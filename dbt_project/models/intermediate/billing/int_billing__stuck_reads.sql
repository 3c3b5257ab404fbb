with zeros as (

    select *
    from {{ ref('int_billing__read_years') }}
    where usage_quantity = 0 and read_kind != 'estimated'

),

keys as (

    select * from {{ ref('int_receivables__accounts') }}

),

periods as (

    select * from {{ ref('int_receivables__account_periods') }}

),

-- Where nobody lives, or service is cut off, nothing is used.
in_service as (

    select
        zeros.*,
        zeros.read_no - row_number() over (
            partition by zeros.utility_id, zeros.meter_id, zeros.account_id
            order by zeros.read_no
        ) as run_no
    from zeros
    inner join keys
        on zeros.utility_id = keys.utility_id and zeros.account_id = keys.account_id
    inner join periods
        on
            keys.account_key = periods.account_key
            and zeros.read_on >= periods.from_on
            and zeros.read_on < periods.to_on
    where periods.account_status = 'active'

),

runs as (

    select
        *,
        sum(case when days > 0 then 1 else 0 end) over run as run_reads,
        sum(months) over run as run_months,
        first_value(read_usage) over (run order by read_no) as usual_usage,
        first_value(read_months) over (run order by read_no) as usual_months
    from in_service
    window run as (partition by utility_id, meter_id, account_id, run_no)

),

final as (

    select
        utility_id,
        read_id
    from runs
    where
        run_reads >= stuck_reads
        and usual_months >= estimate_min_months
        and {{ times('usual_usage', 'run_months') }} >= {{ times('stuck_least_steps', 'multiplier') }} * usual_months

)

select * from final
