-- Who is far enough past due to be shut off on a day, as known on another, and what stands in the way?
select *
from marts.disconnect_list_as_of(cast($as_of as date), cast($known_on as date))
where
    utility_id = $utility
    and (len(cast($classes as varchar[])) = 0 or customer_class in (select unnest(cast($classes as varchar[]))))
    and (len(cast($groups as varchar[])) = 0 or billing_group in (select unnest(cast($groups as varchar[]))))
order by past_due_usd desc, account_id
