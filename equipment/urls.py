from django.urls import path

from equipment.views import blocks, devices, faults, files, maintenance, plans, wall

app_name = "equipment"
urlpatterns = [
    path("", wall.device_list, name="list"),
    path("rooms/<int:pk>/", wall.room, name="room"),
    path("devices/<int:pk>/", devices.device, name="device"),
    path("devices/<int:pk>/standing/", devices.standing, name="standing"),
    path("devices/<int:pk>/status/", devices.change_status, name="change_status"),
    path("devices/<int:pk>/block/", blocks.plan_block, name="plan_block"),
    path("devices/<int:pk>/plan/", plans.make_plan, name="make_plan"),
    path("blocks/<int:pk>/", blocks.block, name="block"),
    path("blocks/<int:pk>/move/", blocks.move_block, name="move_block"),
    path("blocks/<int:pk>/withdraw/", blocks.withdraw_block, name="withdraw_block"),
    path("faults/new/", faults.report_fault, name="report_fault"),
    path("faults/<int:pk>/add/", faults.add_to_fault, name="add_to_fault"),
    path("maintenance/", maintenance.maintenance, name="maintenance"),
    path("maintenance/new/", maintenance.open_entry, name="open_entry"),
    path("maintenance/<int:pk>/", maintenance.entry, name="entry"),
    path("maintenance/<int:pk>/begin/", maintenance.begin, name="begin"),
    path("maintenance/<int:pk>/hand-back/", maintenance.hand_back, name="hand_back"),
    path("maintenance/<int:pk>/note/", maintenance.note, name="note"),
    path("maintenance/<int:pk>/finish/", maintenance.finish, name="finish"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/change/", plans.change_plan, name="change_plan"),
    path("plans/preview/", plans.preview, name="preview_plan"),
    path("attachments/<int:pk>/", files.attachment, name="attachment"),
    path("attachments/<int:pk>/small/", files.small, name="attachment_small"),
]
