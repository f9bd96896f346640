"""`businessLogicService`: the roles of a company."""

from alfaview_async.emulator.call import Call, handles
from alfaview_async.models.business import PermissionGroupsListReply, PermissionGroupsListRequest
from alfaview_async.services.business import BusinessService


@handles(BusinessService.permission_groups_list)
def permission_groups_list(call: Call, _request: PermissionGroupsListRequest) -> PermissionGroupsListReply:
    """List the permission groups of the company (handbook: list permission groups)."""
    return PermissionGroupsListReply(permission_groups=dict(call.company.permission_groups))
