-- What became of the payment agreements that were signed in an episode's time?
select
    agreement_status,
    sum(agreement_count) as agreement_count,
    sum(agreed_usd) as agreed_usd,
    sum(installment_count) as installment_count,
    sum(met_count) as met_count
from marts.rpt_waiver_agreements
where utility_id = $utility and episode_id = $episode
group by agreement_status
order by agreement_status
