from django.db import migrations

# Every activity begins with noughts; the rest is counted in one pass over the attendance and
# written in one statement, also for the millions of a province.
ADD_UP = """
UPDATE activities_activity
SET listed = counted.listed, expected = counted.expected,
    took_part = counted.took_part, guests = counted.guests
FROM (
    SELECT activity_id,
        COUNT(*) FILTER (WHERE is_due) AS listed,
        COUNT(*) FILTER (WHERE is_due AND state <> 'EXCUSED') AS expected,
        COUNT(*) FILTER (WHERE is_due AND state IN ('PRESENT', 'ONLINE', 'HOME')) AS took_part,
        COUNT(*) FILTER (WHERE NOT is_due AND state IN ('PRESENT', 'ONLINE', 'HOME')) AS guests
    FROM activities_attendance
    GROUP BY activity_id
) AS counted
WHERE counted.activity_id = activities_activity.id
"""


class Migration(migrations.Migration):
    """Count the attendance of what is on record.

    Nothing is to be taken back: the columns go with the migration that made them.
    """

    dependencies = [
        ("activities", "0009_kept_sums"),
    ]

    operations = [
        migrations.RunSQL(ADD_UP, migrations.RunSQL.noop),
    ]
