with returns as (

    select * from {{ ref('int_penalties__returns') }}

),

fees as (

    select * from {{ ref('int_penalties__fee_postings') }}
    where return_id is not null

),

utilities as (

    select * from {{ ref('int_quality__utilities') }}

),

counted as (

    select
        utility_id,
        account_id,
        return_id,
        posted_on,
        row_number() over (partition by utility_id, account_id order by posted_on, return_id) as return_no
    from returns
    where is_counted

),

-- What counts with a return: the ones up to it, of the last twelve months where policy says so.
running as (

    select
        returns.utility_id,
        returns.return_id,
        count(earlier.return_id) as returned_count
    from returns
    left join counted as here
        on returns.utility_id = here.utility_id and returns.return_id = here.return_id
    left join counted as earlier
        on
            returns.utility_id = earlier.utility_id
            and returns.account_id = earlier.account_id
            and earlier.posted_on <= returns.posted_on
            and (here.return_no is null or earlier.return_no <= here.return_no)
            and (returns.returned_window = 'lifetime' or {{ add_months('earlier.posted_on', '12') }} > returns.posted_on)
    group by returns.utility_id, returns.return_id

),

final as (

    select
        returns.utility_id,
        returns.return_id,
        returns.payment_id,
        returns.account_id,
        returns.return_kind,
        returns.return_basis,
        returns.reason_code,
        returns.channel,
        returns.tender,
        returns.received_on,
        returns.returned_on,
        returns.posted_on,
        returns.paid_usd,
        returns.amount_usd,
        returns.is_returned_payment,
        returns.is_counted,
        cast(running.returned_count as integer) as returned_count,
        running.returned_count >= returns.returned_limit as is_restricted,
        case when running.returned_count >= returns.returned_limit then returns.tenders_after_returned_limit end as tenders_allowed,
        fees.adjustment_id as fee_adjustment_id,
        coalesce(fees.expected_usd, {{ as_money('0') }}) as expected_fee_usd,
        coalesce(fees.charged_usd, {{ as_money('0') }}) as charged_fee_usd,
        coalesce(fees.waived_usd, {{ as_money('0') }}) as waived_fee_usd
    from returns
    inner join running
        on returns.utility_id = running.utility_id and returns.return_id = running.return_id
    inner join utilities
        on returns.utility_id = utilities.utility_id
    left join fees
        on returns.utility_id = fees.utility_id and returns.return_id = fees.return_id
    where returns.posted_on <= utilities.as_of_on

)

select * from final
