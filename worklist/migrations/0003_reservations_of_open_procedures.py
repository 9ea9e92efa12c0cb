from django.db import migrations

# Every open procedure gets the reservation it would have got when it was booked; where two overlap
# the earlier one keeps the time and the later one stays on the list without a reservation.
RESERVE = """
DO $$
DECLARE step record; made bigint;
BEGIN
  FOR step IN
    SELECT id, device_id, scheduled_start, scheduled_end FROM worklist_scheduledprocedure
    WHERE status NOT IN ('COMPLETED', 'DISCONTINUED', 'CANCELLED', 'NO_SHOW')
      AND reservation_id IS NULL
    ORDER BY scheduled_start, id
  LOOP
    BEGIN
      INSERT INTO equipment_reservation (device_id, period)
      VALUES (step.device_id, tstzrange(step.scheduled_start, step.scheduled_end))
      RETURNING id INTO made;
      UPDATE worklist_scheduledprocedure SET reservation_id = made WHERE id = step.id;
    EXCEPTION WHEN exclusion_violation THEN
      NULL;
    END;
  END LOOP;
END $$
"""
PERFORMED = """
UPDATE worklist_scheduledprocedure SET performed = CASE
    WHEN status = 'IN_PROGRESS' THEN 'IN_PROGRESS'
    WHEN status IN ('ACQUIRED', 'COMPLETED') THEN 'COMPLETED'
    WHEN status = 'DISCONTINUED' THEN 'DISCONTINUED'
    ELSE performed END
"""


class Migration(migrations.Migration):
    dependencies = [("worklist", "0002_booking_screening_and_examination")]
    operations = [
        migrations.RunSQL(RESERVE, migrations.RunSQL.noop),
        migrations.RunSQL(PERFORMED, migrations.RunSQL.noop),
    ]
