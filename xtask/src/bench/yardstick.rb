# The four checks of a roster as a plain script does them: what `cargo xtask bench` measures against.
require "date"
require "set"
require "yaml"

people = YAML.safe_load_file(ARGV.fetch(0), permitted_classes: [Date], aliases: true)

comparable = ->(link) { link.chomp("/").downcase }
links = people.filter_map { |person| person["calendly"] }.map(&comparable).tally
emails = people.filter_map { |person| person["email"]&.downcase }.tally
names = people.to_set { |person| person["name"].downcase }

findings = lambda do |person|
  link, email, manager = person.values_at("calendly", "email", "reports_to")
  found = []
  found << "link-missing" unless link
  found << "link-malformed" if link && !link.match?(%r{\Ahttps://calendly\.com/[\w.-]+/?\z}i)
  found << "link-shared" if (link && links[comparable.(link)] > 1) || (email && emails[email.downcase] > 1)
  if manager && (!names.include?(manager.downcase) || manager.casecmp?(person["name"]))
    found << "manager-unresolved"
  end
  found.join(", ")
end

puts "| Name | GitLab | Calendly link | Account | Findings |", "| --- | --- | --- | --- | --- |"
people.sort_by { |person| person["name"].downcase }.each do |person|
  cells = [person["name"], person.dig("gitlab", "username"), person["calendly"], "unknown", findings.(person)]
  puts "| #{cells.join(" | ")} |"
end
