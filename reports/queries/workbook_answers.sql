-- What must rates bring, what do they bring as they are, and which adjustment lies between?
select *
from s
