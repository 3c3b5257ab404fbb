select
    utility_id,
    account_id,
    owner_id,
    occupancy,
    has_phone
from {{ ref('stg_extracts__accounts') }}
