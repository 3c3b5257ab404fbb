with reads as (

    select * from {{ ref('stg_extracts__reads') }}

),

meters as (

    select
        *,
        cast(power(10, least(dials, 11)) as decimal(18, 6)) as register_size
    from {{ ref('stg_extracts__meters') }}

),

rules as (

    select * from {{ ref('int_billing__read_rules') }}

),

-- Of several reads on a day an estimate comes first, which the others correct, and a final read last, which closes.
numbered as (

    select
        *,
        row_number() over history as read_no,
        lag(read_on) over history as previous_read_on,
        lead(read_on) over history as next_read_on,
        lag(read_kind) over history as previous_read_kind,
        lag(reading) over history as previous_reading,
        {{ last_known("case when read_kind != 'estimated' then reading end") }} over before_it as last_true_reading
    from reads
    window
        history as (
            partition by utility_id, meter_id
            order by read_on, case read_kind when 'estimated' then 0 when 'final' then 2 else 1 end, read_id
        ),
        before_it as (
            partition by utility_id, meter_id
            order by read_on, case read_kind when 'estimated' then 0 when 'final' then 2 else 1 end, read_id
            rows between unbounded preceding and 1 preceding
        )

),

measured as (

    select
        numbered.*,
        meters.service,
        meters.premise_id,
        meters.account_id as meter_account_id,
        meters.meter_size,
        meters.unit,
        meters.dials,
        meters.multiplier,
        meters.register_size,
        meters.installed_on,
        meters.removed_on,
        cast({{ days_between('numbered.previous_read_on', 'numbered.read_on') }} as integer) as days,
        {{ register_steps(
            'numbered.previous_reading', 'numbered.reading', 'meters.register_size', "numbered.previous_read_kind = 'estimated'"
        ) }} as steps,
        {{ register_steps('numbered.last_true_reading', 'numbered.reading', 'meters.register_size') }} as true_steps
    from numbered
    inner join meters
        on numbered.utility_id = meters.utility_id and numbered.meter_id = meters.meter_id

),

-- Below an estimate a reading may fall; below what the register showed before it may not.
final as (

    select
        measured.*,
        rules.is_held_at_zero,
        coalesce(measured.days > rules.max_gap_days, false) as is_gap,
        coalesce(measured.steps > measured.reading - measured.previous_reading, false) as is_rollover,
        case
            when measured.read_kind = 'estimated' then coalesce(measured.steps < 0 and measured.previous_read_kind != 'estimated', false)
            else coalesce(measured.true_steps < 0, false)
        end as is_falling
    from measured
    inner join rules
        on
            measured.utility_id = rules.utility_id
            and measured.read_on >= rules.from_on
            and measured.read_on < rules.to_on

)

select * from final
