-- What rates must bring, what they bring as they are, and the adjustment between.
select *
from s
