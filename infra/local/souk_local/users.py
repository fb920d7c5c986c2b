"""The four people of a local stack, in its user pool."""
from .aws import client

PEOPLE = {"shopper": None, "shopper2": None, "operator": "operator", "warehouse": "warehouse"}


def credentials():
    """{role: {username, password}}; known passwords, since the pool lives on this machine only."""
    return {role: {"username": f"{role}@souk.test", "password": f"Local-{role.capitalize()}-2026!"} for role in PEOPLE}


def create(stack, pool_id):
    """Create or repair the users, their passwords and their groups."""
    cognito = client(stack, "cognito-idp")
    for role, person in credentials().items():
        try:
            cognito.admin_create_user(
                UserPoolId=pool_id, Username=person["username"], MessageAction="SUPPRESS",
                UserAttributes=[{"Name": "email", "Value": person["username"]}, {"Name": "email_verified", "Value": "true"}])
        except cognito.exceptions.UsernameExistsException:
            pass
        cognito.admin_set_user_password(UserPoolId=pool_id, Username=person["username"], Password=person["password"],
                                        Permanent=True)
        if PEOPLE[role]:
            cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=person["username"], GroupName=PEOPLE[role])


def sign_in(stack, client_id, role):
    """An access token of one of the people."""
    person = credentials()[role]
    answer = client(stack, "cognito-idp").initiate_auth(
        ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person["username"], "PASSWORD": person["password"]})
    return answer["AuthenticationResult"]["AccessToken"]
