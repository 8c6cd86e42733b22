"""Members: people, their households and enrolments, who may act for whom, and the money; every change recorded.

Each function takes a `records.Records`, the work of one transaction, and knows no dialogue, rule or channel.
"""
