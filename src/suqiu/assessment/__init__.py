"""Assessment (考核): scores of districts and units, what is entered beside the rates, appeals, freeze.

What there is, and the way of each (`states.py` is the table that is obeyed):

    scheme (考核办法)  draft → published            proposed by one, published by a leader; or dropped
    entry  (工作加减分) entered → confirmed          by another hand than who entered it; or refused
           entered by the centre, or (专家打分) by one from outside who is invited to the sheet
    sheet  (考核表)    drawn → reviewed → frozen    three hands; or dropped before it is frozen
    appeal (考核申诉)  asked → weighed → granted    assessor, then leader; or refused, or withdrawn

A score stands on the sums of days that `figures` keeps: a month's or a year's score is made of its
days' numerators and denominators, never of an average of averages (推定: the trade's papers score by
the month and by the year of assessment; days with few orders would else weigh as much as full ones).
The score of a day is that of the scheme's window of days up to it. A rate with fewer orders than the
scheme's threshold is shown and not scored; its weight is shared among the others. An exemption takes
an order out of one rate and keeps the fact: raw and adjusted stand side by side. A frozen sheet is
never changed: what came out otherwise since is shown beside it as a correction.
"""
