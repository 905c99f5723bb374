//! The list of users as CSV.

use sandbox::InvitationStatus;

use super::world;

#[test]
fn members_and_pending_invitations_are_exported() -> anyhow::Result<()> {
    let mut world = world();
    let joined = "2024-05-06T23:59:59Z".parse()?;
    let uma = world.calendly.member("uma@example.com")?;
    "Uma \"U\" Ng".clone_into(&mut uma.name);
    "uma-ng".clone_into(&mut uma.slug);
    uma.joined = joined;
    "O, Olga".clone_into(&mut world.calendly.member("olga@example.com")?.name);
    "T\nim".clone_into(&mut world.calendly.member("tim@example.com")?.name);
    world.calendly.invite("pia@example.com", joined);
    world.calendly.invite("dan@example.com", joined).status = InvitationStatus::Declined;
    assert_eq!(
        world.calendly.members_csv(),
        "Name,Login email,Role,Calendly link,Status,Date added\r\n\
         \"O, Olga\",olga@example.com,owner,https://calendly.com/olga,Active,2025-01-01\r\n\
         ada,ada@example.com,admin,https://calendly.com/ada,Active,2025-01-01\r\n\
         \"Uma \"\"U\"\" Ng\",uma@example.com,user,https://calendly.com/uma-ng,Active,2024-05-06\r\n\
         \"T\nim\",tim@example.com,team_manager,https://calendly.com/tim,Active,2025-01-01\r\n\
         ,pia@example.com,,,Pending,2024-05-06\r\n"
    );
    Ok(())
}
